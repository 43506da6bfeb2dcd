with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

calendars as (

    -- a child is no addressee
    select
        *,
        date_diff('day', local_on, next_birthday_on) as days_to_birthday
    from {{ ref('customer_calendar') }}
    where not is_minor

)

select
    customers.customer_id,
    1.0e0 as score,
    'birthday_near' as reason,
    {{ as_of() }} as as_of,
    calendars.days_to_birthday,
    calendars.next_birthday_on as birthday_on
from customers
inner join calendars on customers.customer_id = calendars.customer_id
where calendars.days_to_birthday <= {{ var('birthday_window_days') }}
