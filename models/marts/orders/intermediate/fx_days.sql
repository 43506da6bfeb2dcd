with orders as (

    select * from {{ ref('stg_orders') }}
    where currency <> '{{ var("store_currency") }}'

),

fx_rates as (

    select * from {{ ref('fx_rates') }}
    where to_currency = '{{ var("store_currency") }}'

),

order_days as (

    select
        currency,
        {{ local_date('ordered_at') }} as ordered_on
    from orders
    group by currency, {{ local_date('ordered_at') }}

)

select
    order_days.currency,
    order_days.ordered_on,
    -- lint: allow tie: between two currencies there is one rate a day
    max_by(fx_rates.rate, fx_rates.rate_on) as fx_rate
from order_days
inner join fx_rates
    on order_days.currency = fx_rates.from_currency
    and order_days.ordered_on >= fx_rates.rate_on
group by order_days.currency, order_days.ordered_on
