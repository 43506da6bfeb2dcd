with orders as (

    select * from {{ ref('stg_orders') }}
    where currency <> '{{ var("store_currency") }}'

),

ad_spend as (

    select * from {{ ref('stg_ad_spend') }}
    where currency <> '{{ var("store_currency") }}'

),

fx_rates as (

    select * from {{ ref('fx_rates') }}
    where to_currency = '{{ var("store_currency") }}'

),

days as (

    select currency, ordered_on as converted_on from orders
    union all
    select currency, spend_date as converted_on from ad_spend

),

currency_days as (

    select currency, converted_on from days
    group by currency, converted_on

)

select
    currency_days.currency,
    currency_days.converted_on,
    -- lint: allow tie: between two currencies there is one rate a day
    max_by(fx_rates.rate, fx_rates.rate_on) as fx_rate
from currency_days
inner join fx_rates
    on currency_days.currency = fx_rates.from_currency
    and currency_days.converted_on >= fx_rates.rate_on
group by currency_days.currency, currency_days.converted_on
