-- Every address that somebody may use, and the city it lies in. One row per address_number.
with people as (

    select * from {{ ref('people') }}

),

recipients as (

    select * from {{ ref('recipients') }}
    where distance <> 'same_house'

),

places as (

    select * from {{ ref('places') }}

),

-- a city for a wanted distance: the same one, another region, another country
choices as (

    select
        origins.place_id,
        distances.distance,
        list(targets.place_id order by targets.place_id) as choices
    from places as origins
    cross join (values ('same_region'), ('other_region'), ('other_country')) as distances (distance)
    inner join places as targets
        on case distances.distance
            when 'same_region' then
                targets.country_code = origins.country_code
                    and targets.region_code = origins.region_code
            when 'other_region' then
                targets.country_code = origins.country_code
                    and targets.region_code <> origins.region_code
            else targets.country_code <> origins.country_code
        end
    group by origins.place_id, distances.distance

),

needs as (

    select {{ address_number('household_number', 0) }} as address_number, place_id, language,
        'same_region' as distance
    from people
    group by all

    union all

    select {{ address_number('customer_number', 1) }}, place_id, language,
        case when {{ chance('customer_number', 'moves_far', 0.4) }} then 'other_region'
            else 'same_region' end
    from people
    where moves

    union all

    select {{ address_number('customer_number', 2) }}, place_id, language, 'same_region' from people
    where has_office

    union all

    select {{ address_number('customer_number', 3) }}, place_id, language,
        'other_region' from people
    where has_second_home

    union all

    select {{ address_number('customer_number', 4) }}, place_id, language, 'same_region' from people

    union all

    select {{ address_number('customer_number', 5) }}, place_id, language,
        'other_region' from people
    where person_kind = 'fraudster'

    union all

    select {{ address_number('recipients.customer_number', '(8 + recipients.recipient_no)') }},
        recipients.place_id, people.language, recipients.distance
    from recipients
    inner join people on recipients.customer_number = people.customer_number

)

select
    needs.address_number,
    needs.language,
    coalesce({{ pick_from('choices.choices', 'needs.address_number', 'address_place') }},
        needs.place_id) as drawn_place_id,
    case when needs.address_number % 16 = 0 or needs.distance = 'same_region'
        then needs.place_id end as home_place_id
from needs
left join choices on needs.place_id = choices.place_id and needs.distance = choices.distance
