with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and valid_order_count > 0


),

advocacy as (

    select * from {{ ref('customer_advocacy') }}
    where advocate_score >= {{ var('advocate_min_score') }}

),

signs as (

    select
        customers.customer_id,
        customers.valid_order_count >= {{ var('referral_min_orders') }} as has_enough_orders,
        customers.activity_state = 'active'
            and customers.is_high_value
            and customers.is_high_frequency as is_loyal,
        advocacy.customer_id is not null as is_advocate,
        coalesce(advocacy.friend_count, 0) as friend_count
    from customers
    left join advocacy on customers.customer_id = advocacy.customer_id

)

select
    customer_id,
    1.0e0 as score,
    concat_ws(
        ',',
        case when has_enough_orders then 'knows_the_shop' end,
        case when is_loyal then 'loyal_customer' end,
        case when is_advocate then 'speaks_well_of_us' end
    ) as reason,
    {{ as_of() }} as as_of,
    friend_count
from signs
where has_enough_orders
    or is_loyal
    or is_advocate
