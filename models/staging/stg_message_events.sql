with store_message_events as (

    select * from {{ ref('store_message_events') }}
    where
        trim(message_event_id) <> ''
        and event_at < {{ as_of() }}
    qualify {{ version_rank(
        'trim(message_event_id)',
        'event_at desc, event_type, message_id, customer_id'
    ) }} = 1

)

select
    {{ clean('message_event_id') }} as message_event_id,
    {{ clean('message_id') }} as message_id,
    {{ clean('campaign_id') }} as campaign_id,
    {{ clean('customer_id') }} as customer_id,
    {{ lower_code('channel') }} as channel,
    {{ lower_code('event_type') }} as event_type,
    coalesce(is_machine_open, false) as is_machine_open,
    event_at
from store_message_events
