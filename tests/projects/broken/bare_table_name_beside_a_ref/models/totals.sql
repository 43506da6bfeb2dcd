select orders.amount
from {{ ref('orders') }} as orders
inner join customers on orders.customer_id = customers.customer_id
