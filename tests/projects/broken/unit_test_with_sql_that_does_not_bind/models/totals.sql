select customer_id, sum(amount)::integer as amount
from {{ ref('orders') }}
group by customer_id
