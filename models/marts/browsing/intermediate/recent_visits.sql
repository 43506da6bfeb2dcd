with web_events as (

    -- a month of events, however long the history
    select * from {{ ref('stg_web_events') }}
    where event_at >= {{ as_of() }} - interval '{{ var("browsing_window_days") }}' day
        and customer_id is not null

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

events as (

    select
        accounts.customer_id,
        web_events.event_type,
        web_events.product_id,
        web_events.event_at,
        -- lint: allow tie: events of one moment are of one visit, whichever comes first
        lag(web_events.event_at) over (
            partition by accounts.customer_id order by web_events.event_at
        ) as previous_event_at
    from web_events
    inner join accounts on web_events.customer_id = accounts.source_id

),

-- a visit ends after half an hour of silence
visits as (

    select
        *,
        sum(case
            when epoch(event_at) - epoch(previous_event_at)
                < 60 * {{ var('session_timeout_minutes') }} then 0
            else 1
        end) over (partition by customer_id order by event_at) as visit_number
    from events

)

select
    customer_id,
    product_id,
    visit_number,
    count(*) filter (where event_type = 'product_view') as product_view_count,
    count(*) filter (where event_type = 'add_to_cart') as cart_add_count,
    bool_or(event_type in ('add_to_cart', 'checkout_step')) as has_cart_step,
    max(event_at) filter (where event_type = 'product_view') as last_viewed_at,
    max(event_at) filter (
        where event_type in ('exit_intent_shown', 'exit_intent_accepted')
    ) as last_exit_intent_at,
    max(event_at) as seen_at
from visits
group by customer_id, product_id, visit_number
