with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and valid_order_count > 0


),

advocacy as (

    select * from {{ ref('customer_advocacy') }}

),

ranked_customers as (

    select
        customers.customer_id,
        customers.predicted_clv,
        advocacy.advocate_score,
        count(*) over () as buyer_count,
        rank() over (order by customers.predicted_clv desc nulls last) as value_rank,
        rank() over (order by advocacy.advocate_score desc nulls last) as advocate_rank
    from customers
    left join advocacy on customers.customer_id = advocacy.customer_id

),

promising_customers as (

    select
        *,
        predicted_clv > 0
            and value_rank <= {{ var('early_access_share') }} * buyer_count as is_top_value,
        advocate_score >= {{ var('advocate_min_score') }}
            and advocate_rank <= {{ var('early_access_share') }} * buyer_count as is_top_advocate
    from ranked_customers

),

-- there is only so much stock: the most valuable first
queue as (

    select
        *,
        row_number() over (order by value_rank, advocate_rank, customer_id) as place
    from promising_customers
    where is_top_value
        or is_top_advocate

)

select
    customer_id,
    1.0e0 as score,
    concat_ws(
        ',',
        case when is_top_value then 'top_expected_value' end,
        case when is_top_advocate then 'top_advocate' end
    ) as reason,
    {{ as_of() }} as as_of,
    place,
    predicted_clv,
    advocate_score
from queue
where place <= {{ var('early_access_max_people') }}
