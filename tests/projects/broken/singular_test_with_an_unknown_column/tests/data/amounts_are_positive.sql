-- a refund is another row
select *
from {{ ref('orders') }}
where amonut < 0
