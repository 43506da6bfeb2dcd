with invoice_lines as (

    select * from {{ source('online_retail', 'online_retail_ii') }}

),

lines as (

    select * from {{ ref('online_retail_lines') }}

),

countries as (

    select * from {{ ref('online_retail_countries') }}

),

refund_lines as (

    select * from {{ ref('online_retail_refund_lines') }}

),

refunds_per_purchase as (

    select
        order_item_id,
        max(purchased_quantity) as purchased_quantity,
        sum(quantity) as refunded_quantity
    from refund_lines
    where order_item_id is not null
    group by order_item_id

)

select
    'invoices_without_customer' as topic,
    count(distinct invoice) as row_count
from lines
where customer_id is null and line_kind = 'sale'

union all

select
    'refunds_without_customer' as topic,
    count(*) as row_count
from lines
where customer_id is null and line_kind = 'refund'

union all

select
    'refunds_without_purchase' as topic,
    count(*) as row_count
from refund_lines
where order_item_id is null

union all

select
    'refunds_beyond_purchase' as topic,
    count(*) as row_count
from refunds_per_purchase
where refunded_quantity > purchased_quantity

union all

select
    'repeated_lines' as topic,
    count(*) as row_count
from invoice_lines
where sheet = 'Year 2010-2011' and "InvoiceDate" <= timestamp '2010-12-09 20:01:00'

union all

select
    'adjustment_lines' as topic,
    count(*) as row_count
from lines
where line_kind = 'adjustment'

union all

select
    'fee_lines' as topic,
    count(*) as row_count
from lines
where line_kind = 'sale' and customer_id is not null and is_fee

union all

select
    'lines_without_country' as topic,
    count(*) as row_count
from lines
left join countries
    on lines.country = countries.country
where
    lines.line_kind = 'sale'
    and lines.customer_id is not null
    and countries.country_code is null
