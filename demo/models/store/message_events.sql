-- The canonical message events. One row per message_event_id.
with sent_messages as (

    select
        *,
        not is_bounced and {{ chance('message_key', 'opened', 'open_share') }} as is_opened,
        not is_bounced and {{ chance('message_key', 'clicked', 'open_share * 0.16') }} as is_clicked
    from {{ ref('sent_messages') }}

),

events as (

    select message_key, campaign_id, customer_id, channel, sent_at, 1 as event_no,
        'sent' as event_type, 0 as seconds,
        false as is_machine_open
    from sent_messages

    union all

    select message_key, campaign_id, customer_id, channel, sent_at, 2,
        case when is_bounced then 'bounced' else 'delivered' end, 20, false
    from sent_messages

    union all

    select message_key, campaign_id, customer_id, channel, sent_at, 3, 'opened', 45, true
    from sent_messages
    where opens_by_machine and channel = 'email' and not is_bounced

    union all

    select message_key, campaign_id, customer_id, channel, sent_at, 4, 'opened',
        600 + {{ pick('message_key', 'open_delay', 90000) }}, false
    from sent_messages
    where is_opened and channel = 'email'

    union all

    select message_key, campaign_id, customer_id, channel, sent_at, 5, 'clicked',
        660 + {{ pick('message_key', 'open_delay', 90000) }}, false
    from sent_messages
    where is_clicked

    union all

    select message_key, campaign_id, customer_id, channel, sent_at, 6,
        list_value('unsubscribed', 'unsubscribed', 'unsubscribed', 'unsubscribed', 'complained')
            [1 + {{ pick('message_key', 'enough_kind', 5) }}],
        900 + {{ pick('message_key', 'open_delay', 90000) }}, false
    from sent_messages
    where is_enough and not is_bounced

)

select
    'M' || (message_key * 8 + event_no) as message_event_id,
    'M' || message_key as message_id,
    campaign_id,
    customer_id,
    channel,
    event_type,
    sent_at + to_seconds(seconds) as event_at,
    case when event_type = 'opened' then is_machine_open end as is_machine_open,
    {{ loaded_after('sent_at') }} as _loaded_at
from events
where sent_at + to_seconds(seconds) < {{ closes_at() }}
-- a log is written in the order of events
order by event_at, message_event_id
