with gift_order_occasions as (

    select * from {{ ref('gift_order_occasions') }}
    where occasion_kind in ('calendar', 'yearly')

),

good_experiences as (

    select order_id from {{ ref('gift_order_experiences') }}
    where is_good

),

calendar_events as (

    select * from {{ ref('calendar_events') }}
    where event_on >= {{ as_of_on() }}

),

-- a day of the calendar comes once for all; birthdays are one for each person given to
known_gifts as (

    select
        gift_order_occasions.*,
        case
            when gift_order_occasions.occasion_kind = 'calendar' then 'any'
            else coalesce(gift_order_occasions.recipient, 'unknown')
        end as given_to
    from gift_order_occasions
    inner join good_experiences on gift_order_occasions.order_id = good_experiences.order_id

),

ranked_gifts as (

    select
        *,
        row_number() over (
            partition by customer_id, occasion, given_to
            order by ordered_on desc, order_id desc
        ) as recency_rank
    from known_gifts

),

last_gifts as (

    select * from ranked_gifts
    where recency_rank = 1

),

next_days as (

    select
        last_gifts.order_id,
        min(calendar_events.event_on) as event_on
    from last_gifts
    inner join calendar_events
        on last_gifts.event_code = calendar_events.event_code
        and last_gifts.country_code = calendar_events.country_code
        -- who has just bought for this day is not reminded of it
        and (last_gifts.event_on is null or last_gifts.event_on < calendar_events.event_on)
    group by last_gifts.order_id

),

occurrences as (

    select
        last_gifts.customer_id,
        last_gifts.occasion,
        last_gifts.given_to as recipient,
        last_gifts.order_id as base_order_id,
        last_gifts.occasion_basis,
        case
            when last_gifts.occasion_kind = 'calendar' then 'calendar'
            else 'order_anniversary'
        end as date_basis,
        last_gifts.ordered_on as base_ordered_on,
        case
            when last_gifts.occasion_kind = 'calendar' then next_days.event_on
            else {{ years_later('last_gifts.ordered_on', years_to_next('last_gifts.ordered_on')) }}
        end as occurs_on
    from last_gifts
    left join next_days on last_gifts.order_id = next_days.order_id

),

sendings as (

    select
        *,
        {{ days_before('occurs_on', var('occasion_lead_days')) }} as send_on
    from occurrences
    -- a country whose calendar we do not have
    where occurs_on is not null

)

select
    customer_id,
    occasion,
    recipient,
    base_order_id,
    occasion_basis,
    date_basis,
    {{ is_due('send_on') }} as is_due,
    base_ordered_on,
    occurs_on,
    send_on
from sendings
