select
    customer_id,
    order_id,
    sum(amount) as amount
from {{ ref('orders') }}
group by customer_id
