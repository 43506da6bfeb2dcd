select
    cast(amount as tinyint) as amount
from {{ ref('orders') }}
