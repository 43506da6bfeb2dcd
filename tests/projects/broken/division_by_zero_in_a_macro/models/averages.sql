select
    {{ whole_share('amount', 'order_count') }} as average
from {{ ref('orders') }}
