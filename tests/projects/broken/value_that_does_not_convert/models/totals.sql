select
    1 as id,
    cast(amount as decimal(18, 4)) as amount
from {{ ref('orders') }}
