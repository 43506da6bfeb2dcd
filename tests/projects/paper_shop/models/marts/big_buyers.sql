select
    customer_id,
    count(*) as big_order_count,
    max(amount) as largest_amount
from {{ ref('big_orders') }}
group by customer_id
