with order_item_facts as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and not is_gift_card
        and kept_quantity > 0

),

eligible_products as (

    select * from {{ ref('stg_products') }}
    where warranty_eligible
        and not is_consumable
        and sensitive_category is null

),

orders as (

    select * from {{ ref('order_facts') }}
    where is_valid

),

last_warranties as (

    select * from {{ ref('last_warranties') }}

),

-- a warranty names no thing: one in the same order, or bought since, covers the order's things
warranty_orders as (

    select order_id
    from order_item_facts
    where is_warranty
    group by order_id

)

select
    order_item_facts.order_item_id,
    order_item_facts.order_id,
    order_item_facts.customer_id,
    order_item_facts.product_id,
    order_item_facts.category,
    order_item_facts.kept_quantity as quantity,
    order_item_facts.net_revenue,
    warranty_orders.order_id is not null as has_warranty_in_order,
    warranty_orders.order_id is not null
    or coalesce(last_warranties.warranted_at > order_item_facts.ordered_at, false)
        as has_warranty,
    {{ local_date('orders.delivered_at') }} as delivered_on,
    order_item_facts.ordered_on
from order_item_facts
inner join eligible_products on order_item_facts.product_id = eligible_products.product_id
inner join orders on order_item_facts.order_id = orders.order_id
left join warranty_orders on order_item_facts.order_id = warranty_orders.order_id
left join last_warranties on order_item_facts.customer_id = last_warranties.customer_id
where not coalesce(order_item_facts.is_warranty, false)
