with order_items as (

    select * from {{ ref('stg_order_items') }}

),

refunds as (

    select * from {{ ref('stg_refunds') }}

),

refund_items as (

    select * from {{ ref('stg_refund_items') }}

),

product_variants as (

    select * from {{ ref('stg_product_variants') }}

),

-- a refund still in the future is none, and neither are its lines
returned_items as (

    select
        refund_items.order_item_id,
        sum(refund_items.quantity) as quantity,
        sum(refund_items.amount) as amount
    from refund_items
    inner join refunds on refund_items.refund_id = refunds.refund_id
    group by refund_items.order_item_id

)

select
    order_items.order_item_id,
    order_items.order_id,
    order_items.product_id,
    order_items.variant_id,
    order_items.sku,
    coalesce(order_items.quantity, 0) as quantity,
    least(
        coalesce(returned_items.quantity, 0), coalesce(order_items.quantity, 0)
    ) as refunded_quantity,
    greatest(
        coalesce(order_items.quantity, 0) - coalesce(returned_items.quantity, 0), 0
    ) as kept_quantity,
    order_items.unit_price,
    coalesce(order_items.quantity * order_items.unit_price, 0) as amount,
    coalesce(order_items.discount_amount, 0) as discount_amount,
    coalesce(returned_items.amount, 0) as refunded_amount,
    -- what a line says it cost is in the order's currency, what the catalogue says in the store's
    order_items.unit_cost as line_unit_cost,
    case when order_items.unit_cost is null then product_variants.unit_cost end as list_unit_cost,
    order_items.is_gift_card,
    order_items.is_warranty
from order_items
left join returned_items on order_items.order_item_id = returned_items.order_item_id
left join product_variants on order_items.variant_id = product_variants.variant_id
