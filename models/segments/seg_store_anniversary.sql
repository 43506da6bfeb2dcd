with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

calendars as (

    select
        *,
        date_diff('day', local_on, next_anniversary_on) as days_to_anniversary
    from {{ ref('customer_calendar') }}
    where anniversary_years >= 1

)

select
    customers.customer_id,
    1.0e0 as score,
    'anniversary_near' as reason,
    {{ as_of() }} as as_of,
    calendars.anniversary_years,
    calendars.days_to_anniversary,
    calendars.next_anniversary_on as anniversary_on
from customers
inner join calendars on customers.customer_id = calendars.customer_id
where calendars.days_to_anniversary <= {{ var('store_anniversary_window_days') }}
