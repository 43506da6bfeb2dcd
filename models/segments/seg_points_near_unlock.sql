with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

points as (

    select * from {{ ref('customer_points') }}
    where points_to_unlock between 1 and {{ var('points_near_points') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    'points_almost_there' as reason,
    {{ as_of() }} as as_of,
    points.balance,
    points.points_to_unlock
from customers
inner join points on customers.customer_id = points.customer_id
