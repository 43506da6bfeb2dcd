with fulfillments as (

    select * from {{ ref('stg_fulfillments') }}

),

refund_items as (

    select * from {{ ref('stg_refund_items') }}

),

fulfillment_counts as (

    select
        count(*) as row_count,
        count(delivered_at) as delivery_dates_count,
        count(promised_delivery_at) as delivery_promises_count,
        count(promised_ship_at) as shipping_promises_count,
        count(estimated_delivery_at) as carrier_estimates_count
    from fulfillments

)

select
    'delivery_dates' as capability,
    row_count,
    delivery_dates_count as known_count
from fulfillment_counts

union all

select
    'delivery_promises' as capability,
    row_count,
    delivery_promises_count as known_count
from fulfillment_counts

union all

select
    'shipping_promises' as capability,
    row_count,
    shipping_promises_count as known_count
from fulfillment_counts

union all

select
    'carrier_estimates' as capability,
    row_count,
    carrier_estimates_count as known_count
from fulfillment_counts

union all

select
    'refunded_lines' as capability,
    count(*) as row_count,
    count(order_item_id) as known_count
from refund_items
