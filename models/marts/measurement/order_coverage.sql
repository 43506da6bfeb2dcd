with orders as (

    select * from {{ ref('stg_orders') }}

),

order_items as (

    select * from {{ ref('stg_order_items') }}

),

order_discounts as (

    select * from {{ ref('stg_order_discounts') }}

),

payments as (

    select * from {{ ref('stg_payments') }}

),

order_risks as (

    select * from {{ ref('stg_order_risks') }}

),

order_counts as (

    select
        count(*) as row_count,
        count(shipping_address_key) as shipping_addresses_count,
        count(utm_source) as order_sources_count
    from orders

)

select
    'shipping_addresses' as capability,
    row_count,
    shipping_addresses_count as known_count
from order_counts

union all

select
    'order_sources' as capability,
    row_count,
    order_sources_count as known_count
from order_counts

union all

select
    'unit_costs' as capability,
    count(*) as row_count,
    count(unit_cost) as known_count
from order_items

union all

select
    'discount_codes' as capability,
    count(*) as row_count,
    count(*) as known_count
from order_discounts

union all

select
    'payment_fees' as capability,
    count(*) as row_count,
    count(fee_amount) as known_count
from payments

union all

select
    'fraud_verdicts' as capability,
    count(*) as row_count,
    count(*) as known_count
from order_risks
