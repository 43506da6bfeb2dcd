select
    order_id,
    amuont * 2 as amuont
from {{ ref('orders') }}
