select customer_id
from {{ ref('orders') }}
where order_id >= {{ var('loyal_min_order') }}
