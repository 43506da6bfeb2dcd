with customers as (

    select * from {{ ref('customers') }}

),

consent_events as (

    select * from {{ ref('consent_events') }}
    where purpose = 'marketing'
        and channel in ('email', 'sms')

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

message_events as (

    select * from {{ ref('stg_message_events') }}
    where event_type in ('opened', 'clicked')

),

refusals as (

    select
        customer_id,
        channel,
        max(captured_at) as last_refused_at
    from consent_events
    where state <> 'granted'
    group by customer_id, channel

),

-- a consent renewed is no new sign-up; one given again after a refusal is
sign_ups as (

    select
        consent_events.customer_id,
        min(consent_events.captured_at) as signed_up_at
    from consent_events
    left join refusals
        on consent_events.customer_id = refusals.customer_id
        and consent_events.channel = refusals.channel
    where consent_events.state = 'granted'
        and (
            refusals.last_refused_at is null
            or consent_events.captured_at > refusals.last_refused_at
        )
    group by consent_events.customer_id

),

reactions as (

    select
        accounts.customer_id,
        max(message_events.event_at) filter (
            where message_events.event_type = 'clicked'
        ) as last_click_at,
        -- mail programs open messages by themselves; only a person's opening counts
        max(message_events.event_at) filter (
            where message_events.event_type = 'opened'
                and not message_events.is_machine_open
        ) as last_open_at
    from message_events
    inner join accounts on message_events.customer_id = accounts.source_id
    group by accounts.customer_id

),

moments as (

    select
        customers.customer_id,
        coalesce(sign_ups.signed_up_at, customers.created_at) as signed_up_at,
        reactions.last_open_at,
        reactions.last_click_at
    from customers
    left join sign_ups on customers.customer_id = sign_ups.customer_id
    left join reactions on customers.customer_id = reactions.customer_id

)

select
    customer_id,
    date_diff('day', {{ local_date('signed_up_at') }}, {{ as_of_on() }}) as days_since_signed_up,
    date_diff('day', {{ local_date('last_open_at') }}, {{ as_of_on() }}) as days_since_last_open,
    date_diff('day', {{ local_date('last_click_at') }}, {{ as_of_on() }}) as days_since_last_click,
    signed_up_at,
    last_open_at,
    last_click_at
from moments
