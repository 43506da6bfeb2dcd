-- Lines are rounded one by one: a cent a line may differ. Refunds are left out, for an order may
-- be refunded without naming its lines.
with orders as (

    select * from {{ ref('order_facts') }}
    where item_count > 0 and is_valid

),

order_items as (

    select * from {{ ref('order_item_facts') }}

),

line_sums as (

    select
        order_id,
        sum(gross_revenue - discount_amount) as sold_amount
    from order_items
    group by order_id

)

select
    orders.order_id,
    orders.gross_revenue - orders.discount_amount as order_amount,
    line_sums.sold_amount
from orders
inner join line_sums on orders.order_id = line_sums.order_id
where
    abs(orders.gross_revenue - orders.discount_amount - line_sums.sold_amount)
    > 0.01 * orders.item_count
