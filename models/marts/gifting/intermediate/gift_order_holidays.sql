with gift_orders as (

    select * from {{ ref('gift_orders') }}
    where is_gift_order

),

calendar_events as (

    select * from {{ ref('calendar_events') }}

),

gift_occasions as (

    select * from {{ ref('gift_occasions') }}
    where is_guessed_by_date

),

days_ahead as (

    select
        gift_orders.order_id,
        calendar_events.event_code as holiday_code,
        gift_occasions.occasion as holiday_occasion,
        calendar_events.event_on as holiday_on,
        row_number() over (
            partition by gift_orders.order_id
            order by calendar_events.event_on, calendar_events.event_code, gift_occasions.occasion
        ) as nearness_rank
    from gift_orders
    inner join calendar_events
        on gift_orders.country_code = calendar_events.country_code
        and date_diff('day', gift_orders.ordered_on, calendar_events.event_on)
        between 0 and {{ var('occasion_match_days') }}
    inner join gift_occasions on calendar_events.event_code = gift_occasions.event_code

)

select
    order_id,
    holiday_code,
    holiday_occasion,
    holiday_on
from days_ahead
where nearness_rank = 1
