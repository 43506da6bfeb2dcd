select *
from {{ ref('big_orders') }}
where order_id not in (select order_id from {{ ref('order_facts') }})
