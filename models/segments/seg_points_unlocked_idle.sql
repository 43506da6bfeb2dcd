with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

points as (

    select * from {{ ref('customer_points') }}
    where points_state = 'unlocked_needs_order'
        and idle_days >= {{ var('points_idle_days') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    'reward_waiting' as reason,
    {{ as_of() }} as as_of,
    points.balance,
    points.idle_days,
    points.unlocked_at
from customers
inner join points on customers.customer_id = points.customer_id
