select order_id
from {{ ref('orders') }} as earlier
inner join {{ ref('orders') }} as later on earlier.customer_id = later.customer_id
