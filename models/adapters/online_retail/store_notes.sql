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

),

notes as (

    select
        'invoices_without_customer' as topic,
        'off' as state,
        'Invoices that name no customer are left out: their buyers cannot be told apart.' as detail,
        count(distinct invoice) as row_count
    from lines
    where customer_id is null and line_kind = 'sale'

    union all

    select
        'refunds_without_customer' as topic,
        'off' as state,
        'Lines of credit notes that name no customer are left out.' as detail,
        count(*) as row_count
    from lines
    where customer_id is null and line_kind = 'refund'

    union all

    select
        'refunds_without_purchase' as topic,
        'degraded' as state,
        'Refunded lines without an earlier purchase of the same product stay, but lower no order.' as detail,
        count(*) as row_count
    from refund_lines
    where order_item_id is null

    union all

    select
        'refunds_beyond_purchase' as topic,
        'degraded' as state,
        'Order lines had more units refunded than bought: the credit note may mean several purchases.' as detail,
        count(*) as row_count
    from refunds_per_purchase
    where refunded_quantity > purchased_quantity

    union all

    select
        'repeated_lines' as topic,
        'on' as state,
        'Lines of the second sheet that repeat the first were dropped.' as detail,
        count(*) as row_count
    from invoice_lines
    where sheet = 'Year 2010-2011' and "InvoiceDate" <= timestamp '2010-12-09 20:01:00'

    union all

    select
        'adjustment_lines' as topic,
        'on' as state,
        'Lines without a quantity or a price, and bad-debt entries, are neither orders nor refunds.' as detail,
        count(*) as row_count
    from lines
    where line_kind = 'adjustment'

    union all

    select
        'fee_lines' as topic,
        'on' as state,
        'Postage, manual entries and other charges count as revenue, in the category Fees.' as detail,
        count(*) as row_count
    from lines
    where line_kind = 'sale' and customer_id is not null and is_fee

    union all

    select
        'lines_without_country' as topic,
        'degraded' as state,
        'Order lines name a region that is no country; their customers have no country code.' as detail,
        count(*) as row_count
    from lines
    left join countries
        on lines.country = countries.country
    where
        lines.line_kind = 'sale'
        and lines.customer_id is not null
        and countries.country_code is null

)

select
    topic,
    state,
    detail,
    row_count
from notes
where row_count > 0
