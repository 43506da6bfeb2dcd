select 1 as order_id
from {{ ref('raw' }}
