with identity_sources as (

    select * from {{ ref('customer_identity') }}

),

account_traits as (

    select * from {{ ref('account_traits') }}

),

order_traits as (

    select * from {{ ref('order_traits') }}

),

time_zones as (

    select * from {{ ref('country_time_zones') }}

),

people as (

    select customer_id
    from identity_sources
    group by customer_id

),

known_people as (

    select
        people.customer_id,
        coalesce(account_traits.country_code, order_traits.country_code) as country_code,
        case
            when account_traits.country_code is not null then account_traits.region_code
            else order_traits.region_code
        end as region_code,
        account_traits.time_zone,
        account_traits.locale,
        account_traits.gender,
        account_traits.acquisition_channel,
        account_traits.acquisition_campaign,
        account_traits.birth_month,
        account_traits.birth_day,
        coalesce(account_traits.account_count, 0) as account_count,
        coalesce(account_traits.is_test, false) as is_test,
        coalesce(account_traits.is_minor, false) as is_minor,
        coalesce(account_traits.has_email, false)
            or coalesce(order_traits.has_email, false) as has_email,
        coalesce(account_traits.has_phone, false)
            or coalesce(order_traits.has_phone, false) as has_phone,
        coalesce(account_traits.has_name, false)
            or coalesce(order_traits.has_name, false) as has_name,
        coalesce(account_traits.has_postal_address, false)
            or coalesce(order_traits.has_postal_address, false) as has_postal_address,
        coalesce(order_traits.has_bought, false) as has_bought,
        -- least() passes over what is not known
        least(account_traits.first_seen_at, order_traits.first_ordered_at) as created_at
    from people
    left join account_traits on people.customer_id = account_traits.customer_id
    left join order_traits on people.customer_id = order_traits.customer_id

)

select
    known_people.customer_id,
    known_people.country_code,
    known_people.region_code,
    coalesce(
        known_people.time_zone, region_zones.time_zone, country_zones.time_zone
    ) as time_zone,
    known_people.locale,
    known_people.gender,
    known_people.acquisition_channel,
    known_people.acquisition_campaign,
    known_people.birth_month,
    known_people.birth_day,
    known_people.account_count,
    known_people.account_count = 0 as is_guest_only,
    known_people.is_test,
    known_people.is_minor,
    known_people.has_email,
    known_people.has_phone,
    known_people.has_name,
    known_people.has_postal_address,
    known_people.has_bought,
    {{ local_date('known_people.created_at') }} as created_on,
    known_people.created_at
from known_people
left join time_zones as region_zones
    on known_people.country_code = region_zones.country_code
    and known_people.region_code = region_zones.region_code
left join time_zones as country_zones
    on known_people.country_code = country_zones.country_code
    and country_zones.region_code = '*'
