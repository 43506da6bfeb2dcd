-- The canonical advertising spend, as if the shop had 10,000 people: it does not grow with the shop
-- that is written. One row per spend_date, channel, campaign.
with season_days as (

    select day, day_no, weight from {{ ref('season_days') }}

),

paid_campaigns as (

    select acquisition_channel, utm_campaign, count(*) as tickets, min(slot) as campaign_no
    from {{ ref('traffic_slots') }}
    where acquisition_channel in ('paid_search', 'paid_social', 'affiliate')
    group by acquisition_channel, utm_campaign

),

priced as (

    select
        season_days.day,
        paid_campaigns.acquisition_channel,
        paid_campaigns.utm_campaign,
        -- a ticket brings 86 buyers in three years; they cost about 22 each, more in social media,
        -- varying by day
        paid_campaigns.tickets * 86.0e0 / 1096 * season_days.weight / 1000
        * case paid_campaigns.acquisition_channel when 'paid_social' then 29 when 'affiliate'
            then 14 else 21 end
        * (0.7 + 0.6 * {{ draw('season_days.day_no * 100 + paid_campaigns.campaign_no', 'spend') }})
            as spend,
        0.4
            + 0.5
                * {{ draw('season_days.day_no * 100 + paid_campaigns.campaign_no', 'click_price') }}
                    as click_price
    from season_days
    cross join paid_campaigns

)

select
    day as spend_date,
    acquisition_channel as channel,
    utm_campaign as campaign,
    {{ cents('spend') }} as spend,
    'USD' as currency,
    cast(floor(spend / click_price * 55) as bigint) as impressions,
    cast(floor(spend / click_price) as bigint) as clicks,
    cast(day as timestamp) + interval 27 hour as _loaded_at
from priced
