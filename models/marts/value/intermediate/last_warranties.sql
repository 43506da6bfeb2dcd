select
    customer_id,
    max(ordered_at) as warranted_at
from {{ ref('order_item_facts') }}
where is_valid
    and not is_gift_card
    and kept_quantity > 0
    and is_warranty
    and customer_id is not null
group by customer_id
