with gift_orders as (

    select * from {{ ref('gift_orders') }}
    where is_gift_order

),

gift_occasions as (

    select * from {{ ref('gift_occasions') }}

),

calendar_events as (

    select * from {{ ref('calendar_events') }}

),

kept_days as (

    select country_code, event_code from calendar_events
    group by country_code, event_code

),

gift_order_holidays as (

    select * from {{ ref('gift_order_holidays') }}

),

told as (

    select
        gift_orders.*,
        gift_order_holidays.holiday_code,
        gift_order_holidays.holiday_on,
        coalesce(gift_orders.occasion, gift_order_holidays.holiday_occasion) as told_occasion,
        case
            when gift_orders.occasion is not null then gift_orders.occasion_basis
            when gift_order_holidays.holiday_occasion is not null then 'calendar'
        end as told_basis
    from gift_orders
    left join gift_order_holidays on gift_orders.order_id = gift_order_holidays.order_id

),

-- the very day a gift was for; after the last one it was late, not most of a year early
own_days as (

    select
        told.order_id,
        min(calendar_events.event_on) as event_on
    from told
    inner join gift_occasions on told.told_occasion = gift_occasions.occasion
    inner join calendar_events
        on gift_occasions.event_code = calendar_events.event_code
        and told.country_code = calendar_events.country_code
        and date_diff('day', told.ordered_on, calendar_events.event_on)
        between 0 and {{ var('occasion_early_max_days') }}
    group by told.order_id

)

select
    told.order_id,
    told.customer_id,
    told.country_code,
    told.recipient,
    told.told_occasion as occasion,
    told.told_basis as occasion_basis,
    case
        -- a day that the calendar of this country lacks returns about when it was bought for
        when gift_occasions.kind = 'calendar' and kept_days.event_code is null then 'yearly'
        else gift_occasions.kind
    end as occasion_kind,
    gift_occasions.event_code,
    told.holiday_code,
    told.holiday_code is null as is_outside_holidays,
    told.ordered_on,
    own_days.event_on,
    told.holiday_on
from told
left join gift_occasions on told.told_occasion = gift_occasions.occasion
left join kept_days
    on gift_occasions.event_code = kept_days.event_code
    and told.country_code = kept_days.country_code
left join own_days on told.order_id = own_days.order_id
