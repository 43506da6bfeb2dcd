-- The canonical customers: everybody with an account, as dirty as they come. Guests have none.
-- One row per customer_id, but for the repeats of a later load.
with people as (

    select * from {{ ref('people') }}
    where person_kind <> 'guest'

),

registrations as (

    select * from {{ ref('registrations') }}

),

traffic_slots as (

    select * from {{ ref('traffic_slots') }}

),

homes as (

    select * from {{ ref('address_book') }}
    where not is_pickup_point

),

told as (

    select
        people.customer_number,
        people.customer_id,
        case
            when {{ chance('people.customer_number', 'account_mail_missing', 0.004) }} then ''
            when {{ chance('people.customer_number', 'account_mail_missing', 0.008) }} then null
            when {{ chance('people.customer_number', 'account_mail_missing', 0.010) }} then 'n/a'
            else {{ typed_mail('people.email_norm', 'people.customer_number') }}
        end as email,
        not {{ chance('people.customer_number', 'mail_unverified', 0.05) }} as email_verified,
        case when {{ chance('people.customer_number', 'account_phone', 0.6) }}
            then {{ typed_phone('people.phone_prefix', 'people.phone_local',
                'people.customer_number') }} end as phone,
        case
            when {{ chance('people.customer_number', 'name_missing', 0.01) }} then null
            when {{ chance('people.customer_number', 'name_missing', 0.03) }}
                then lower(people.first_name)
            else people.first_name
        end as first_name,
        people.middle_name,
        case
            when {{ chance('people.customer_number', 'name_missing', 0.01) }} then ''
            when {{ chance('people.customer_number', 'name_missing', 0.02) }}
                then people.last_name || ' '
            else people.last_name
        end as last_name,
        case
            when not {{ chance('people.customer_number', 'tells_gender', 0.62) }} then null
            when {{ chance('people.person_number', 'other_gender_told', 0.012) }} then 'x'
            when {{ chance('people.customer_number', 'gender_case', 0.02) }}
            then case when people.is_female then 'F' else 'M' end
            when people.is_female then 'f'
            else 'm'
        end as gender,
        case when {{ chance('people.customer_number', 'tells_birthday', 0.28) }}
            then people.born_on end as birth_date,
        case when {{ chance('people.customer_number', 'tells_birthday', 0.40) }}
            then cast(month(people.born_on) as integer) end
            as birth_month,
        case when {{ chance('people.customer_number', 'tells_birthday', 0.40) }}
            then cast(day(people.born_on) as integer) end
            as birth_day,
        case when {{ chance('people.customer_number', 'country_case', 0.01) }}
            then lower(people.country_code)
            else people.country_code end as country_code,
        people.region_code,
        people.city,
        homes.postal_code,
        case when {{ chance('people.customer_number', 'zone_known', 0.8) }}
            then people.time_zone end as time_zone,
        people.locale,
        registrations.created_at,
        case
            when registrations.deleted_at is not null then 'disabled'
            when {{ chance('people.customer_number', 'invited', 0.03) }} then 'invited'
            else 'enabled'
        end as account_state,
        traffic_slots.acquisition_channel,
        traffic_slots.utm_campaign as acquisition_campaign,
        case when {{ chance('people.customer_number', 'tagged', 0.05) }} then 'vip' end as tags,
        people.person_kind = 'test' as is_test,
        registrations.deleted_at,
        {{ loaded_after('registrations.created_at') }} as _loaded_at
    from people
    inner join registrations on people.customer_number = registrations.customer_number
    inner join traffic_slots on {{ pick('people.customer_number', 'acquisition',
        100) }} = traffic_slots.slot
    inner join homes
        on {{ address_number('people.household_number', 0) }} = homes.address_number

)

{{ with_repeats('told', 'customer_number', 'customer_repeated', 0.004) }}
