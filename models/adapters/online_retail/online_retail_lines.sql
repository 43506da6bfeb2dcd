with invoice_lines as (

    select * from {{ source('online_retail', 'online_retail_ii') }}
    -- the second sheet starts over with the last days of the first
    where sheet <> 'Year 2010-2011' or "InvoiceDate" > timestamp '2010-12-09 20:01:00'

),

renamed as (

    select
        cast("Invoice" as varchar) as invoice,
        upper(trim(cast("StockCode" as varchar))) as stock_code,
        nullif(trim("Description"), '') as description,
        cast(cast("Customer ID" as bigint) as varchar) as customer_id,
        trim("Country") as country,
        cast("Quantity" as integer) as quantity,
        cast("Price" as decimal(18,4)) as unit_price,
        cast("InvoiceDate" as timestamp) as invoiced_at_store_time
    from invoice_lines

),

numbered as (

    select
        *,
        -- identical lines exist: whichever of them gets which number, the table is the same
        row_number() over (
            partition by invoice
            order by
                stock_code,
                invoiced_at_store_time,
                quantity,
                unit_price,
                description,
                customer_id,
                country
        ) as line_number
    from renamed

)

select
    invoice || '-' || line_number as line_id,
    invoice,
    stock_code,
    description,
    customer_id,
    country,
    case
        when invoice like 'C%' then 'refund'
        when quantity > 0 and unit_price > 0 then 'sale'
        else 'adjustment'
    end as line_kind,
    quantity,
    unit_price,
    -- no products: postage, carriage, manual entries, samples, charges, bad debt, tests
    stock_code in (
        'ADJUST', 'ADJUST2', 'AMAZONFEE', 'B', 'BANK CHARGES', 'C2', 'C3', 'CRUK', 'D', 'DOT',
        'M', 'POST', 'S', 'TEST001', 'TEST002'
    ) as is_fee,
    starts_with(stock_code, 'GIFT') as is_gift_card,
    timezone('UTC', timezone('{{ var("store_time_zone") }}', invoiced_at_store_time)) as invoiced_at
from numbered
