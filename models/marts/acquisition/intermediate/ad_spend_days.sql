with ad_spend as (

    select * from {{ ref('stg_ad_spend') }}

),

fx_days as (

    select * from {{ ref('fx_days') }}

),

-- spend in the store's own currency, or in none that is said, needs no rate
rated_spend as (

    select
        ad_spend.channel,
        ad_spend.spend,
        ad_spend.spend_date,
        case
            when coalesce(ad_spend.currency, '{{ var("store_currency") }}')
                = '{{ var("store_currency") }}' then 1
            else fx_days.fx_rate
        end as fx_rate
    from ad_spend
    left join fx_days
        on ad_spend.currency = fx_days.currency
        and ad_spend.spend_date = fx_days.converted_on

)

select
    channel,
    sum({{ money_exchanged('spend', 'fx_rate') }}) as spend,
    spend_date as spent_on
from rated_spend
group by channel, spend_date
