select
    order_id,
    custmer_id
from {{ ref('orders') }}
