with sales as (

    select * from {{ ref('online_retail_lines') }}
    where line_kind = 'sale' and customer_id is not null

),

countries as (

    select * from {{ ref('online_retail_countries') }}

),

invoices as (

    select
        invoice,
        min(customer_id) as customer_id,
        min(country) as country,
        cast(sum(quantity * unit_price) as decimal(18,4)) as subtotal,
        min(invoiced_at) as ordered_at
    from sales
    group by invoice

)

select
    invoices.invoice as order_id,
    invoices.invoice as order_number,
    invoices.customer_id,
    cast(null as varchar) as email,
    cast(null as varchar) as phone,
    invoices.ordered_at,
    cast(null as timestamp) as processed_at,
    cast(null as timestamp) as cancelled_at,
    cast(null as varchar) as cancel_reason,
    cast('paid' as varchar) as financial_status,
    cast(null as varchar) as fulfillment_status,
    cast('web' as varchar) as channel,
    cast('GBP' as varchar) as currency,
    invoices.subtotal,
    cast(0 as decimal(18,4)) as discount_total,
    cast(0 as decimal(18,4)) as shipping_total,
    cast(0 as decimal(18,4)) as tax_total,
    invoices.subtotal as grand_total,
    false as taxes_included,
    cast(null as decimal(18,4)) as refunded_total,
    cast(null as decimal(18,4)) as gift_card_paid,
    cast(null as varchar) as billing_first_name,
    cast(null as varchar) as billing_last_name,
    cast(null as varchar) as billing_address1,
    cast(null as varchar) as billing_address2,
    cast(null as varchar) as billing_city,
    cast(null as varchar) as billing_region_code,
    cast(null as varchar) as billing_postal_code,
    countries.country_code as billing_country_code,
    cast(null as varchar) as billing_phone,
    cast(null as varchar) as shipping_first_name,
    cast(null as varchar) as shipping_last_name,
    cast(null as varchar) as shipping_address1,
    cast(null as varchar) as shipping_address2,
    cast(null as varchar) as shipping_city,
    cast(null as varchar) as shipping_region_code,
    cast(null as varchar) as shipping_postal_code,
    cast(null as varchar) as shipping_country_code,
    cast(null as varchar) as shipping_phone,
    cast(null as varchar) as note,
    cast(null as varchar) as landing_url,
    cast(null as varchar) as referrer,
    cast(null as varchar) as utm_source,
    cast(null as varchar) as utm_medium,
    cast(null as varchar) as utm_campaign,
    cast(null as varchar) as cart_token,
    false as is_test,
    cast(null as timestamp) as _loaded_at
from invoices
left join countries
    on invoices.country = countries.country
