select * from {{ ref('browsing_coverage') }}

union all

select * from {{ ref('customer_coverage') }}

union all

select * from {{ ref('delivery_coverage') }}

union all

select * from {{ ref('gifting_coverage') }}

union all

select * from {{ ref('order_coverage') }}

union all

select * from {{ ref('product_coverage') }}

union all

select * from {{ ref('programme_coverage') }}
