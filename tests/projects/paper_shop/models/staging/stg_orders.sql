select
    order_id,
    customer_id,
    {{ money('amount') }} as amount,
    ordered_on
from {{ source('shop', 'orders') }}
