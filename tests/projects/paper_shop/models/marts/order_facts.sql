select
    orders.order_id,
    orders.customer_id,
    orders.amount,
    customers.has_email,
    'a ' || 'fact' as kind
from {{ ref('stg_orders') }} as orders
inner join {{ ref('stg_customers') }} as customers on orders.customer_id = customers.customer_id
