-- Where each household lives, and what language is spoken there. One row per customer_number.
with habits as (

    select * from {{ ref('habits') }}

),

places as (

    select * from {{ ref('places') }}

),

place_slots as (

    select * from {{ ref('place_slots') }}

)

select
    habits.*,
    places.place_id,
    places.country_code,
    places.region_code,
    places.city,
    places.hours_from_utc,
    places.time_zone,
    places.home_currency,
    places.tax_rate,
    case
        when {{ chance('habits.household_number', 'language', 'places.other_language_share') }}
        then places.other_language
        else places.main_language
    end as language
from habits
inner join place_slots
    on {{ pick('habits.household_number', 'place', 1000) }} = place_slots.slot
inner join places on place_slots.place_id = places.place_id
