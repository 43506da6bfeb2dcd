-- Names, mail and telephone of each person; a second account shares the person, a household shares
-- the last name. One row per customer_number.
with homes as (

    select * from {{ ref('homes') }}

),

languages as (

    select * from {{ ref('languages') }}

),

named as (

    select
        homes.*,
        case
            when homes.is_female
            then {{ pick_from('languages.female_names', 'homes.person_number', 'first_name') }}
            else {{ pick_from('languages.male_names', 'homes.person_number', 'first_name') }}
        end as first_name,
        case
            when {{ chance('homes.person_number', 'has_middle_name', 0.12) }}
            then {{ pick_from('languages.female_names', 'homes.person_number', 'middle_name') }}
        end as middle_name,
        {{ pick_from('languages.last_names', 'homes.household_number', 'last_name') }} as last_name
    from homes
    inner join languages on homes.language = languages.language

),

reachable as (

    select
        *,
        case
            when language = 'ru' then 'user'
            else replace(lower(strip_accents(first_name || '.' || last_name)), 'ß', 'ss')
        end as mail_name,
        -- half of the second accounts use the person's first address again
        case
            when customer_number <> person_number
                and {{ chance('customer_number', 'twin_mail', 0.5) }}
            then customer_number else person_number
        end as mail_number,
        -- a third of the households share one telephone
        case
            when {{ chance('household_number', 'shared_phone', 0.33) }} then household_number
                else person_number
        end as phone_number,
        {{ pick('person_number', 'birth_day', 18000) }} as birth_offset
    from named

)

select
    *,
    'C' || lpad(customer_number::varchar, 8, '0') as customer_id,
    mail_name || mail_number || '@'
        || list_value('example.com', 'example.org', 'example.net', 'mail.example.com',
        'post.example.org')[1 + {{ pick('mail_number', 'mail_host', 5) }}] as email_norm,
    case country_code
        when 'US' then '+1' when 'CA' then '+1' when 'GB' then '+44' when 'IE' then '+353' when 'DE'
            then '+49'
        when 'AT' then '+43' when 'FR' then '+33' when 'ES' then '+34' when 'RO' then '+40'
            when 'EE' then '+372'
        when 'LV' then '+371' else '+61'
    end as phone_prefix,
    -- numbers reserved for fiction: 555-01xx with an area in North America, 555 01 elsewhere
    case
        when country_code in ('US', 'CA')
        then (201 + {{ pick('phone_number', 'phone_area', 788) }}) || '-555-01'
            || lpad(({{ pick('phone_number', 'phone_line', 100) }})::varchar, 2, '0')
        else '555 01' || lpad(({{ pick('phone_number', 'phone_line', 100) }})::varchar, 2, '0')
            || ' '
            || lpad(({{ pick('phone_number', 'phone_area', 1000) }})::varchar, 3, '0')
    end as phone_local,
    date '1954-01-01' + cast(birth_offset as integer) as born_on,
    language || '-' || country_code as locale
from reachable
