select
    order_id
from {{ ref('recent') }}
where amuont > 1
