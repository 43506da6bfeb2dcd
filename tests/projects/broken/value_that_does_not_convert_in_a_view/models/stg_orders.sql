-- a view
select
    order_id,
    cast(amount as decimal(18, 4)) as amount
from {{ ref('orders') }}
