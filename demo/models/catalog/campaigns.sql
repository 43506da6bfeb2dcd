-- The canonical campaigns: the fortnightly mailings and the standing ones. One row per campaign_id.
select
    campaign_id,
    name,
    case campaign_no % 4 when 2 then 'gift_known' else 'active_customers' end as segment_id,
    channel as channels,
    cast(sent_at as date) as starts_on,
    cast(sent_at as date) + 13 as ends_on,
    cast(50 as integer) as priority,
    true as enabled,
    'production' as environment,
    case campaign_no % 4 when 3 then 'OFF10' else 'OFFNONE' end as offer_id,
    {{ money('0.05') }} as holdout_pct,
    'fortnightly' as calendar_rule,
    {{ closes_at() }} + interval 3 hour as _loaded_at
from {{ ref('campaign_plan') }}

union all

select
    listed.campaign_id,
    listed.name,
    listed.segment_id,
    listed.channels,
    date '2024-02-01',
    date '2027-12-31',
    cast(listed.priority as integer),
    listed.enabled,
    listed.environment,
    listed.offer_id,
    {{ money('0.10') }},
    listed.calendar_rule,
    {{ closes_at() }} + interval 3 hour
from (
    values
    ('STD01', 'Welcome', 'lead', 'email,onsite', 10, true, 'production', 'OFFWELCOME', 'always'),
    ('STD02', 'Abandoned cart', 'cart_abandoner', 'email,sms', 20, true, 'production', 'OFFSHIP',
        'always'),
    ('STD03', 'We miss you', 'reengage_3m', 'email', 30, true, 'production', 'OFF20', 'weekly'),
    ('STD04', 'Gift anniversary', 'gift_anniversary_due', 'email,postal', 15, true, 'production',
        'OFFGIFT', 'daily'),
    ('STD05', 'Late delivery apology', 'late_shipment_open', 'email', 5, true, 'production',
        'OFFSORRY', 'daily'),
    ('STD06', 'One year with us', 'store_anniversary', 'email', 40, false, 'production', 'OFF50',
        'daily'),
    ('STD07', 'Cart promotion trial', 'cart_abandoner', 'onsite', 60, true, 'sandbox', 'OFF10',
        'always')
) as listed (campaign_id, name, segment_id, channels, priority, enabled, environment, offer_id,
    calendar_rule)
