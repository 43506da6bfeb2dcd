with store_ad_spend as (

    select * from {{ ref('store_ad_spend') }}
    where
        spend_date is not null
        and trim(channel) <> ''
        and trim(campaign) <> ''
        and spend_date < {{ as_of_on() }}
    qualify {{ version_rank(
        'spend_date, lower(trim(channel)), trim(campaign)',
        'spend, impressions, clicks, currency'
    ) }} = 1

)

select
    spend_date,
    {{ lower_code('channel') }} as channel,
    {{ clean('campaign') }} as campaign,
    {{ upper_code('currency') }} as currency,
    spend,
    impressions,
    clicks
from store_ad_spend
