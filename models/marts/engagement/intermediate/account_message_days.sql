with message_events as (

    select
        *,
        {{ local_date('event_at') }} as event_on,
        cast(event_at as date) as utc_on
    from {{ ref('stg_message_events') }}
    where customer_id is not null

)

-- whose account it is may change, a day gone by does not: people are put together elsewhere
select
    customer_id as account_id,
    coalesce(channel, 'unknown') as channel,
    event_on,
    utc_on,
    count(*) as event_count,
    count(*) filter (where event_type = 'sent') as sent_count,
    count(*) filter (where event_type = 'delivered') as delivered_count,
    -- mail programs open messages by themselves; only a person's opening counts
    count(*) filter (where event_type = 'opened' and not is_machine_open) as opened_count,
    count(*) filter (where event_type = 'clicked') as clicked_count,
    min(event_at) filter (where event_type = 'sent') as first_sent_at,
    max(event_at) filter (where event_type = 'opened' and not is_machine_open) as last_open_at,
    max(event_at) filter (where event_type = 'clicked') as last_click_at
from message_events
group by customer_id, coalesce(channel, 'unknown'), event_on, utc_on
