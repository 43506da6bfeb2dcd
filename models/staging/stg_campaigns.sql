with store_campaigns as (

    select * from {{ ref('store_campaigns') }}
    where trim(campaign_id) <> ''
    qualify {{ version_rank(
        'trim(campaign_id)',
        'starts_on, ends_on, enabled, priority, name'
    ) }} = 1

)

select
    {{ clean('campaign_id') }} as campaign_id,
    {{ clean('segment_id') }} as segment_id,
    {{ clean('offer_id') }} as offer_id,
    {{ clean('name') }} as name,
    {{ clean('channels') }} as channels,
    {{ lower_code('environment') }} as environment,
    {{ clean('calendar_rule') }} as calendar_rule,
    priority,
    holdout_pct,
    enabled,
    starts_on,
    ends_on
from store_campaigns
