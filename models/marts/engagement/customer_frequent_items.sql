with kept_lines as (

    select * from {{ ref('order_item_facts') }}
    where customer_id is not null
        and product_id is not null
        and is_valid
        and kept_quantity > 0
        and not is_gift_card
        and not is_warranty
        and not is_sensitive
        -- gift wrap sold as an article is no taste
        and not {{ is_gift_wrap('sku') }}

),

items as (

    select
        customer_id,
        product_id,
        count(distinct order_id) as order_count,
        cast(sum(kept_quantity) as bigint) as kept_quantity,
        max(ordered_on) as last_ordered_on
    from kept_lines
    group by customer_id, product_id

),

ranked_items as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by order_count desc, kept_quantity desc, last_ordered_on desc, product_id
        ) as item_rank
    from items

)

select
    customer_id,
    item_rank,
    product_id,
    order_count,
    kept_quantity,
    last_ordered_on
from ranked_items
where item_rank <= {{ var('frequent_items_max') }}
