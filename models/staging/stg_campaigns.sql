with store_campaigns as (

    select * from {% call latest_versions(
        ref('store_campaigns'), 'trim(campaign_id)', 'starts_on, ends_on, enabled, priority, name'
    ) %}
        trim(campaign_id) <> ''
    {% endcall %} as store_campaigns

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
