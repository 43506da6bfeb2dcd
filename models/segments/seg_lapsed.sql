with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'lapsed'

),

customers as (

    select * from {{ ref('customer_360') }}

),

rhythms as (

    select * from {{ ref('customer_rhythm') }}

),

frequent_items as (

    select * from {{ ref('customer_frequent_items') }}

),

favourites as (

    select
        customer_id,
        string_agg(product_id, ',' order by item_rank) as frequent_product_ids
    from frequent_items
    group by customer_id

),

-- any purchase sends them back to the foot of the ladder
ladder as (

    select
        members.*,
        least(
            {{ var('lapsed_max_steps') }},
            1 + coalesce(
                floor(
                    (rhythms.days_since_last_purchase - rhythms.active_until_days)
                    / {{ var('lapsed_step_days') }}
                ),
                0
            )
        ) as ladder_step
    from members
    left join rhythms on members.customer_id = rhythms.customer_id

)

select
    ladder.customer_id,
    ladder.score,
    ladder.reason,
    ladder.as_of,
    cast(ladder.ladder_step as integer) as ladder_step,
    case cast(ladder.ladder_step as integer)
        when 1 then 'we_miss_you'
        when 2 then 'news_and_bestsellers'
        when 3 then 'favourites_or_gift'
        else 'last_offer'
    end as ladder_content,
    favourites.frequent_product_ids,
    -- the deepest discount that leaves the least margin
    greatest(0e0, 1 - (
        1 - coalesce(customers.gross_margin_rate, {{ var('default_margin_rate') }})
    ) / (1 - {{ var('lapsed_min_margin_share') }})) as max_discount_share,
    customers.activity_state,
    customers.days_since_last_order,
    customers.expected_interval_days
from ladder
inner join customers on ladder.customer_id = customers.customer_id
left join favourites on ladder.customer_id = favourites.customer_id
