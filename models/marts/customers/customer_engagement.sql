with customers as (

    select * from {{ ref('customers') }}

),

consent_events as (

    select * from {{ ref('consent_events') }}
    where purpose = 'marketing'
        and channel in ('email', 'sms')

),

message_days as (

    select * from {{ ref('message_days') }}

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
        customer_id,
        cast(sum(opened_count) filter (
            where date_diff('day', event_on, {{ as_of_on() }}) <= {{ var('engaged_open_days') }}
        ) as bigint) as opens_90d,
        max(last_open_at) as last_open_at,
        max(last_click_at) as last_click_at
    from message_days
    group by customer_id

),

moments as (

    select
        customers.customer_id,
        coalesce(sign_ups.signed_up_at, customers.created_at) as signed_up_at,
        coalesce(reactions.opens_90d, 0) as opens_90d,
        reactions.last_open_at,
        reactions.last_click_at
    from customers
    left join sign_ups on customers.customer_id = sign_ups.customer_id
    left join reactions on customers.customer_id = reactions.customer_id

),

ages as (

    select
        customer_id,
        date_diff('day', {{ local_date('signed_up_at') }}, {{ as_of_on() }})
            as days_since_signed_up,
        date_diff('day', {{ local_date('last_open_at') }}, {{ as_of_on() }})
            as days_since_last_open,
        date_diff('day', {{ local_date('last_click_at') }}, {{ as_of_on() }})
            as days_since_last_click,
        opens_90d,
        signed_up_at,
        last_open_at,
        last_click_at
    from moments

)

-- a click is a person's; openings are counted, but programs open too
select
    customer_id,
    case
        when days_since_last_click <= {{ var('engaged_click_days') }} then 'clicked'
        when days_since_last_open <= {{ var('engaged_open_days') }} then 'opened'
        else 'dormant'
    end as engagement_tier,
    days_since_signed_up,
    days_since_last_open,
    days_since_last_click,
    opens_90d,
    signed_up_at,
    last_open_at,
    last_click_at
from ages
