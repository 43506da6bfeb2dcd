with customer_orders as (

    select * from {{ ref('customer_orders') }}

)

select
    customer_id,
    1.0e0 as score,
    'one_order' as reason,
    build_stamp
from customer_orders
where order_count = 1
