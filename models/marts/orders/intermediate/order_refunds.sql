with refunds as (

    select * from {{ ref('stg_refunds') }}

),

refund_items as (

    select * from {{ ref('stg_refund_items') }}

),

refunded_orders as (

    select * from {{ ref('stg_orders') }}
    where refunded_total > 0 or financial_status = 'refunded'

),

itemised_refunds as (

    select refund_id
    from refund_items
    group by refund_id

),

-- money given back without naming lines: goods, tax and shipping in one sum
loose_refunds as (

    select
        refunds.order_id,
        refunds.amount
    from refunds
    left join itemised_refunds on refunds.refund_id = itemised_refunds.refund_id
    where itemised_refunds.refund_id is null

),

-- a shop that keeps no list of refunds still states their sum on the order, without a date
stated_refunds as (

    select
        order_id,
        coalesce(refunded_total, grand_total) as amount
    from refunded_orders
    where
        not exists (select refund_id from refunds)
        and not exists (select refund_id from refund_items)

),

unlisted_refunds as (

    select order_id, amount from loose_refunds

    union all

    select order_id, amount from stated_refunds

)

select
    order_id,
    sum(amount) as loose_amount
from unlisted_refunds
where order_id is not null
group by order_id
