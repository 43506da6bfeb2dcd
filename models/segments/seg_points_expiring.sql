with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

points as (

    select * from {{ ref('customer_points') }}
    where expiring_points > 0

)

select
    customers.customer_id,
    1.0e0 as score,
    'points_run_out' as reason,
    {{ as_of() }} as as_of,
    points.balance,
    points.expiring_points,
    points.next_expiry_at
from customers
inner join points on customers.customer_id = points.customer_id
