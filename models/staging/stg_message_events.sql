with store_message_events as (

    select * from {{ ref('store_message_events') }}
    where
        trim(message_event_id) <> ''
        and event_at < {{ as_of() }}

)

-- delivered again, an id at a moment is one event; where copies differ, the greater value counts
select
    {{ clean('message_event_id') }} as message_event_id,
    max({{ clean('message_id') }}) as message_id,
    max({{ clean('campaign_id') }}) as campaign_id,
    max({{ clean('customer_id') }}) as customer_id,
    max({{ lower_code('channel') }}) as channel,
    max({{ lower_code('event_type') }}) as event_type,
    coalesce(bool_or(is_machine_open), false) as is_machine_open,
    event_at
from store_message_events
group by {{ clean('message_event_id') }}, event_at
