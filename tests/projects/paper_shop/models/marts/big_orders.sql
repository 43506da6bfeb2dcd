select *
from {{ ref('stg_orders') }}
where amount >= {{ var('big_order') }}
