select order_id
from {{ ref('orders') }}
where ordered_on > 5
