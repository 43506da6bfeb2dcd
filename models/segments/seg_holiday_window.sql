with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

calendars as (

    select * from {{ ref('customer_calendar') }}

),

interests as (

    select * from {{ ref('customer_interests') }}

),

events as (

    -- the days of gift givers have their own rules
    select * from {{ ref('calendar_events') }}
    where audience_tag <> 'gift_givers'

),

-- in the person's country and on the person's day
coming_events as (

    select
        customers.customer_id,
        events.event_code,
        events.country_code,
        events.audience_tag,
        date_diff('day', calendars.local_on, events.event_on) as days_to_event,
        events.event_on
    from customers
    inner join calendars on customers.customer_id = calendars.customer_id
    inner join events on calendars.country_code = events.country_code
    left join interests
        on customers.customer_id = interests.customer_id
        and events.audience_tag = interests.interest_tag
    where date_diff('day', calendars.local_on, events.event_on)
        between 0 and {{ var('holiday_window_days') }}
        and (events.audience_tag = 'everyone' or interests.customer_id is not null)
    qualify row_number() over (
        partition by customers.customer_id
        order by events.event_on, events.event_code, events.country_code
    ) = 1

)

select
    customer_id,
    1.0e0 as score,
    case audience_tag when 'everyone' then 'holiday_near' else 'holiday_of_an_interest' end
        as reason,
    {{ as_of() }} as as_of,
    event_code,
    country_code,
    days_to_event,
    event_on
from coming_events
