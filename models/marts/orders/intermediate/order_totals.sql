with orders as (

    select * from {{ ref('stg_orders') }}

),

order_lines as (

    select * from {{ ref('order_lines') }}

),

order_refunds as (

    select * from {{ ref('order_refunds') }}

),

order_payments as (

    select * from {{ ref('order_payments') }}

),

line_totals as (

    select
        order_id,
        sum(case when is_gift_card then amount else 0 end) as gift_card_sold,
        sum(case when is_gift_card then discount_amount else 0 end) as gift_card_discount,
        sum(case when is_gift_card then refunded_amount else 0 end) as gift_card_refunded,
        sum(case when is_gift_card then 0 else refunded_amount end) as refunded_amount,
        sum(case when not is_gift_card then kept_quantity * line_unit_cost end) as line_cost,
        sum(case when not is_gift_card then kept_quantity * list_unit_cost end) as list_cost,
        bool_and(
            is_gift_card or coalesce(line_unit_cost, list_unit_cost) is not null
        ) as is_cost_known,
        sum(case when is_gift_card then 0 else quantity end) as units,
        count(*) as item_count
    from order_lines
    group by order_id

),

amounts as (

    select
        orders.order_id,
        orders.subtotal - coalesce(line_totals.gift_card_sold, 0) as goods_amount,
        coalesce(orders.discount_total, 0)
            - coalesce(line_totals.gift_card_discount, 0) as discount_amount,
        coalesce(orders.shipping_total, 0) as shipping_amount,
        coalesce(orders.tax_total, 0) as tax_amount,
        orders.grand_total,
        orders.taxes_included,
        coalesce(orders.gift_card_paid, order_payments.gift_card_amount, 0) as gift_card_paid,
        coalesce(line_totals.gift_card_sold, 0)
            - coalesce(line_totals.gift_card_discount, 0) as gift_card_sold,
        coalesce(line_totals.gift_card_refunded, 0) as gift_card_refunded,
        coalesce(line_totals.refunded_amount, 0) as itemised_refund,
        coalesce(order_refunds.loose_amount, 0) as loose_refund,
        coalesce(line_totals.line_cost, 0) as line_cost,
        coalesce(line_totals.list_cost, 0) as list_cost,
        coalesce(line_totals.is_cost_known, false) as is_cost_known,
        order_payments.fee_amount as payment_fee,
        coalesce(order_payments.is_fee_known, false) as is_fee_known,
        coalesce(line_totals.units, 0) as units,
        coalesce(line_totals.item_count, 0) as item_count
    from orders
    left join line_totals on orders.order_id = line_totals.order_id
    left join order_refunds on orders.order_id = order_refunds.order_id
    left join order_payments on orders.order_id = order_payments.order_id

)

select
    *,
    -- prices that include tax: the part of them that is the shop's; gift cards bear no tax.
    -- The total tells whether the subtotal was handed over with its tax or already without.
    cast(
        case
            when
                taxes_included
                and coalesce(
                    grand_total < goods_amount + gift_card_sold - discount_amount
                        + shipping_amount + tax_amount / 2,
                    true
                )
                then greatest(
                    0, 1 - coalesce(
                        tax_amount / nullif(
                            cast(goods_amount - discount_amount + shipping_amount as double), 0
                        ), 0
                    )
                )
            else 1
        end as decimal(18, 12)
    ) as net_share,
    -- what was paid holds tax in every shop
    cast(
        1 - coalesce(tax_amount / nullif(cast(grand_total as double), 0), 0) as decimal(18, 12)
    ) as paid_net_share
from amounts
