with kept_lines as (

    select * from {{ ref('order_item_facts') }}
    where customer_id is not null
        and is_valid
        and kept_quantity > 0
        and category is not null
        and not is_gift_card
        and not is_warranty
        and not is_sensitive
        -- gift wrap sold as an article is no taste
        and not {{ is_gift_wrap('sku') }}

)

select
    customer_id,
    category,
    count(distinct order_id) as order_count,
    cast(sum(kept_quantity) as bigint) as kept_quantity,
    max(ordered_on) as last_ordered_on
from kept_lines
group by customer_id, category
