with refund_lines as (

    select * from {{ ref('online_retail_lines') }}
    where line_kind = 'refund' and customer_id is not null

),

sales as (

    select * from {{ ref('online_retail_lines') }}
    where line_kind = 'sale' and customer_id is not null

),

credited as (

    select
        line_id,
        invoice,
        stock_code,
        customer_id,
        -quantity as quantity,
        cast(-quantity * unit_price as decimal(18,4)) as amount,
        min(invoiced_at) over (partition by invoice) as refunded_at
    from refund_lines

),

purchased as (

    select
        line_id,
        invoice,
        stock_code,
        customer_id,
        quantity,
        min(invoiced_at) over (partition by invoice) as ordered_at
    from sales

),

-- a credit note does not name its invoice: what comes back was most likely bought last
latest_purchase_first as (

    select
        credited.line_id,
        credited.invoice,
        credited.quantity,
        credited.amount,
        credited.refunded_at,
        purchased.line_id as order_item_id,
        purchased.invoice as order_id,
        purchased.quantity as purchased_quantity,
        row_number() over (
            partition by credited.line_id
            order by purchased.ordered_at desc, purchased.line_id desc
        ) as purchase_rank
    from credited
    left join purchased
        on
            credited.customer_id = purchased.customer_id
            and credited.stock_code = purchased.stock_code
            and purchased.ordered_at < credited.refunded_at

)

select
    line_id as refund_item_id,
    invoice || '-' || coalesce(order_id, 'unmatched') as refund_id,
    invoice,
    order_id,
    order_item_id,
    quantity,
    purchased_quantity,
    amount,
    refunded_at
from latest_purchase_first
where purchase_rank = 1
