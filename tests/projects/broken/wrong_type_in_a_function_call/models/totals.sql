select
    order_id,
    date_trunc('month', amount) as month
from {{ ref('orders') }}
