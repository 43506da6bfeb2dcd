with customer_orders as (

    select * from {{ ref('customer_orders') }}

)

select
    customer_id,
    revenue::double / (max(revenue) over ()) as score,
    'revenue' as reason,
    build_stamp
from customer_orders
where revenue > 500
