select
    amount -- not 1 // 2
    // order_count as average
from {{ ref('orders') }}
