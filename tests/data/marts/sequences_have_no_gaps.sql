select
    customer_id,
    count(*) as order_count,
    max(order_sequence) as last_sequence
from {{ ref('order_facts') }}
where order_sequence is not null
group by customer_id
having count(*) <> max(order_sequence) or min(order_sequence) <> 1
