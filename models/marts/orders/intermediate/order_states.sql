with orders as (

    select * from {{ ref('stg_orders') }}

),

order_customers as (

    select * from {{ ref('order_customers') }}

),

order_money as (

    select * from {{ ref('order_money') }}

),

order_risks as (

    select * from {{ ref('stg_order_risks') }}

),

signs as (

    select
        orders.order_id,
        order_customers.customer_id,
        order_customers.is_test,
        orders.cancelled_at is not null as is_cancelled,
        coalesce(orders.cancel_reason = 'fraud', false)
            or coalesce(orders.financial_status = 'voided', false)
            or coalesce(order_risks.risk_level = 'high', false)
            or coalesce(order_risks.is_fraud, false)
            or order_risks.chargeback_at is not null as is_fraud,
        coalesce(
            orders.financial_status in ('paid', 'partially_refunded', 'refunded'), false
        ) as is_paid,
        order_money.is_fully_refunded,
        order_money.gross_revenue - order_money.discount_amount
            + order_money.gift_card_sold as gross_paid,
        order_money.gross_revenue - order_money.discount_amount
            - order_money.refunded_amount as net_revenue,
        orders.ordered_on,
        orders.ordered_at
    from orders
    inner join order_customers on orders.order_id = order_customers.order_id
    inner join order_money on orders.order_id = order_money.order_id
    left join order_risks on orders.order_id = order_risks.order_id

)

select
    order_id,
    customer_id,
    net_revenue,
    is_test,
    is_cancelled,
    is_fraud,
    is_paid,
    is_fully_refunded,
    -- a gift card sold or an order sent back is still a contact with the shop
    is_paid and not is_test and not is_cancelled and not is_fraud
        and coalesce(gross_paid > 0, false) as is_valid,
    ordered_on,
    ordered_at
from signs
