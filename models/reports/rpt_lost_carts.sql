with carts as (

    select
        *,
        {{ month_of(local_date('abandoned_at')) }} as month_on
    from {{ ref('cart_states') }}
    where is_counted

),

cart_sources as (

    select * from {{ ref('cart_sources') }}

),

fx_rates as (

    select * from {{ ref('fx_rates') }}
    where to_currency = '{{ var("store_currency") }}'

),

rated_carts as (

    select
        carts.cart_id,
        coalesce(
            max_by(
                fx_rates.rate,
                (fx_rates.rate_on, fx_rates.from_currency, fx_rates.to_currency)
            ),
            case
                when coalesce(carts.currency, '{{ var("store_currency") }}')
                    = '{{ var("store_currency") }}' then 1
            end
        ) as fx_rate
    from carts
    left join fx_rates
        on carts.currency = fx_rates.from_currency
        and cast(carts.abandoned_at as date) >= fx_rates.rate_on
    group by carts.cart_id, carts.currency

)

select
    carts.month_on,
    cart_sources.channel,
    cart_sources.is_paid,
    count(*) as abandoned_count,
    count(*) filter (where carts.state = 'recovered') as recovered_count,
    coalesce(sum({{ money_exchanged('carts.cart_value', 'rated_carts.fx_rate') }}) filter (
        where carts.state = 'recovered'
    ), 0) as recovered_cart_value,
    coalesce(sum({{ money_exchanged('carts.cart_value', 'rated_carts.fx_rate') }}) filter (
        where carts.state <> 'recovered'
    ), 0) as lost_cart_value
from carts
inner join cart_sources on carts.cart_id = cart_sources.cart_id
inner join rated_carts on carts.cart_id = rated_carts.cart_id
group by carts.month_on, cart_sources.channel, cart_sources.is_paid
