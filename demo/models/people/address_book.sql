-- The addresses in full. Pick-up points are few and shared. One row per address_number.
with address_needs as (

    select
        address_number,
        language,
        address_number % 16 as role,
        coalesce(home_place_id, drawn_place_id) as place_id
    from {{ ref('address_needs') }}

),

places as (

    select * from {{ ref('places') }}

),

languages as (

    select * from {{ ref('languages') }}

),

-- what the door is drawn from: the address itself, but for a pick-up point one of twenty of its
-- city
doors as (

    select
        address_needs.address_number,
        address_needs.role,
        places.country_code,
        places.region_code,
        places.city,
        places.postal_prefix,
        languages.streets,
        case
            when address_needs.role = 4
            then places.place_id * 16
                + {{ pick('address_needs.address_number', 'pickup_point', 20) }} * 1600
            else address_needs.address_number * 64 + 63
        end as door
    from address_needs
    inner join places on address_needs.place_id = places.place_id
    inner join languages
        on languages.language = case
            when places.country_code in ('US', 'CA', 'GB', 'IE', 'AU') then 'en'
                else places.main_language end

)

select
    address_number,
    role = 4 as is_pickup_point,
    case
        when role = 4 then 'Parcel point ' || (door // 1600 + 1) || ', '
            || {{ pick_from('streets', 'door', 'street') }}
        when country_code in ('US', 'CA', 'GB', 'IE', 'AU', 'FR')
        then (1 + {{ pick('door', 'house', 180) }}) || ' '
            || {{ pick_from('streets', 'door', 'street') }}
        else {{ pick_from('streets', 'door', 'street') }} || ' '
            || (1 + {{ pick('door', 'house', 180) }})
    end as address1,
    case
        when role in (2, 5) then 'Suite ' || (1 + {{ pick('door', 'flat', 40) }})
        when role <> 4 and {{ chance('door', 'has_flat', 0.3) }}
            then 'Apt ' || (1 + {{ pick('door', 'flat', 40) }})
    end as address2,
    city,
    region_code,
    case country_code
        when 'CA'
            then postal_prefix || 'A ' || {{ pick('door', 'postal', 9) }} || 'B'
                || {{ pick('door', 'flat', 9) }}
        when 'GB' then postal_prefix || ' ' || {{ pick('door', 'postal', 9) }} || 'AB'
        when 'IE' then postal_prefix || ' X' || (100 + {{ pick('door', 'postal', 899) }})
        else postal_prefix || lpad(({{ pick('door', 'postal', 80) }})::varchar, 2, '0')
            || case when country_code in ('RO') then '30' else '' end
    end as postal_code,
    country_code
from doors
