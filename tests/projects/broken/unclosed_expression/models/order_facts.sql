select order_id
from {{ ref('orders')
where order_id > 1
