-- The canonical web events, and each account's sign-up. One row per event_id.
with visit_events as (

    select * from {{ ref('visit_events') }}

),

visits as (

    select * from {{ ref('visits') }}

),

registrations as (

    select * from {{ ref('registrations') }}

),

people as (

    select customer_number, person_number, person_kind, customer_id,
        country_code from {{ ref('people') }}

)

select
    'E' || (visit_events.visit_key * 64 + visit_events.slot) as event_id,
    visits.started_at + to_seconds(visit_events.slot * 5) as event_at,
    visit_events.event_type,
    visits.anonymous_id,
    visits.customer_id,
    'P' || lpad(visit_events.product_no::varchar, 5, '0') as product_id,
    case when visit_events.slot = 40
        then list_value('mug', 'ring', 'birthday gift', 'gift for mom', 'dog food', 'scarf',
        'candle', 'board game', 'gift card', 'cadou', 'geschenk')[1
            + {{ pick('visit_events.visit_key', 'search_term', 11) }}]
        end as search_term,
    case
        when visit_events.product_no is not null
            then 'https://shop.example.com/p/' || visit_events.product_no
        when visit_events.slot = 40 then 'https://shop.example.com/search'
        when visit_events.slot between 30 and 32
            then 'https://shop.example.com/checkout/' || (visit_events.slot - 29)
        else 'https://shop.example.com/'
    end as url,
    case when visit_events.slot = 0 then visits.utm_source end as utm_source,
    case when visit_events.slot = 0 then visits.utm_medium end as utm_medium,
    case when visit_events.slot = 0 then visits.utm_campaign end as utm_campaign,
    visits.country_code,
    {{ loaded_after('visits.started_at') }} as _loaded_at
from visit_events
inner join visits on visit_events.visit_key = visits.visit_key

union all

select
    'ES' || people.customer_number,
    registrations.created_at,
    'signup',
    'D' || people.person_number,
    people.customer_id,
    null,
    null,
    'https://shop.example.com/account/new',
    null,
    null,
    null,
    people.country_code,
    {{ loaded_after('registrations.created_at') }}
from people
inner join registrations on people.customer_number = registrations.customer_number
where people.person_kind <> 'guest'

union all

-- a clock that runs a year ahead
select
    'EF' || people.customer_number,
    {{ closes_at() }}
        + to_days(
            cast(1 + {{ pick('people.customer_number', 'future_event_day', 400) }} as integer)),
    'page_view',
    'D' || people.person_number,
    null,
    null,
    null,
    'https://shop.example.com/',
    null,
    null,
    null,
    people.country_code,
    {{ closes_at() }} + interval 3 hour
from people
where {{ chance('people.customer_number', 'future_event', 0.002) }}
-- a log is written in the order of events
order by event_at, event_id
