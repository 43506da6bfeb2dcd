with store_ad_spend as (

    select * from {% call latest_versions(
        ref('store_ad_spend'),
        '(spend_date, lower(trim(channel)), trim(campaign))',
        'spend, impressions, clicks, currency'
    ) %}
        spend_date is not null
        and trim(channel) <> ''
        and trim(campaign) <> ''
        and spend_date < {{ as_of_on() }}
    {% endcall %} as store_ad_spend

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
