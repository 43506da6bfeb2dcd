select
    order_id
    amount
from {{ ref('orders') }}
group order_id
