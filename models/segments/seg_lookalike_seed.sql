with buyers as (

    select
        *,
        {{ returns_a_lot() }} or {{ buys_with_discounts() }} as has_costly_habits
    from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and valid_order_count > 0

),

primary_segments as (

    select * from {{ ref('segment_primary') }}

),

open_complaints as (

    select * from {{ ref('customer_complaints') }}
    where has_open_complaint

),

-- among all buyers: who else agreed to be shared says nothing about this one's worth
ranked_buyers as (

    select
        *,
        percent_rank() over (order by predicted_clv nulls first) as value_rank
    from buyers

),

signs as (

    select
        ranked_buyers.*,
        primary_segments.segment = 'loyal_high_value' as is_loyal,
        ranked_buyers.predicted_clv > 0
            and ranked_buyers.value_rank >= 1 - {{ var('lookalike_seed_top_share') }}
            as is_top_value,
        primary_segments.segment = 'non_target'
            or open_complaints.customer_id is not null
            or ranked_buyers.has_costly_habits as is_left_out
    from ranked_buyers
    inner join primary_segments on ranked_buyers.customer_id = primary_segments.customer_id
    left join open_complaints on ranked_buyers.customer_id = open_complaints.customer_id

)

select
    customer_id,
    value_rank as score,
    concat_ws(
        ',',
        case when is_loyal then 'loyal_customer' end,
        case when is_top_value then 'top_expected_value' end
    ) as reason,
    {{ as_of() }} as as_of,
    predicted_clv
from signs
where may_ads
    and not is_left_out
    and (is_loyal or is_top_value)
