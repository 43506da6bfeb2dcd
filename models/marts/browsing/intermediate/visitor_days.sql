with web_events as (

    select
        *,
        {{ local_date('event_at') }} as visited_on,
        cast(event_at as date) as utc_on
    from {{ ref('stg_web_events') }}
    where anonymous_id is not null

)

select
    anonymous_id,
    visited_on,
    utc_on,
    -- where the visit came from; a later page without a source does not wash it off
    max_by(utm_medium, (event_at, event_id)) filter (
        where utm_medium is not null
    ) as utm_medium,
    count(*) as event_count,
    count(*) filter (where event_type = 'product_view') as product_view_count,
    count(*) filter (where event_type = 'add_to_cart') as cart_add_count,
    count(*) filter (where event_type = 'signup') as signup_count,
    min(event_at) as first_event_at,
    min(event_at) filter (where event_type = 'exit_intent_shown') as exit_intent_shown_at,
    min(event_at) filter (where event_type = 'exit_intent_accepted') as exit_intent_accepted_at
from web_events
group by anonymous_id, visited_on, utc_on
