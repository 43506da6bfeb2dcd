with gift_orders as (

    select * from {{ ref('gift_orders') }}
    where is_gift_order

),

-- what is sensitive is neither counted here nor recommended; wrap and gift cards are no gifts
kept_items as (

    select * from {{ ref('order_item_facts') }}
    where kept_quantity > 0
        and product_id is not null
        and not is_gift_card
        and not coalesce(is_warranty, false)
        and not is_sensitive
        and not {{ is_gift_wrap('sku') }}

),

named_items as (

    select order_id, order_item_id from {{ ref('stg_order_gift_options') }}
    where order_item_id is not null
        and (has_gift_message or gift_wrap or has_gift_box or personalization_initials is not null)
    group by order_id, order_item_id

),

orders_with_named_items as (

    select order_id from named_items
    group by order_id

)

select
    kept_items.order_item_id,
    kept_items.order_id,
    gift_orders.customer_id,
    kept_items.product_id,
    kept_items.category,
    gift_orders.recipient,
    gift_orders.recipient_register,
    gift_orders.occasion,
    kept_items.kept_quantity as units,
    kept_items.net_revenue,
    gift_orders.ordered_on
from kept_items
inner join gift_orders on kept_items.order_id = gift_orders.order_id
left join named_items on kept_items.order_item_id = named_items.order_item_id
left join orders_with_named_items on kept_items.order_id = orders_with_named_items.order_id
-- where the buyer said which line is the gift, the others are their own
where named_items.order_item_id is not null or orders_with_named_items.order_id is null
