select *
from {{ ref('orders') }}
where cast(amount as decimal(18, 4)) < 0
