with store_message_events as (

    -- a withdrawal counts whatever its day; nothing else shows the future
    select * from {% call latest_versions(
        ref('store_message_events'),
        'trim(message_event_id)',
        'event_at desc, event_type, message_id, customer_id'
    ) %}
        trim(message_event_id) <> ''
        and event_at is not null
        and {{ lower_code('event_type') }} in ('bounced', 'complained', 'unsubscribed')
    {% endcall %} as store_message_events

)

select
    {{ clean('message_event_id') }} as message_event_id,
    {{ clean('customer_id') }} as customer_id,
    {{ lower_code('channel') }} as channel,
    {{ lower_code('event_type') }} as event_type,
    event_at
from store_message_events
