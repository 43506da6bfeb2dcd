with store_customers as (

    -- an account without a date is one; an erased one counts whatever its date
    select * from {% call latest_versions(
        ref('store_customers'),
        'trim(customer_id)',
        'deleted_at desc nulls last, created_at, email, phone, last_name'
    ) %}
        trim(customer_id) <> ''
        and (created_at is null or created_at < {{ as_of() }} or deleted_at is not null)
    {% endcall %} as store_customers

),

-- a number's country completes it
dialled as (

    select
        *,
        {{ dialled_digits('phone') }} as dialled_digits,
        {{ calling_code('country_code') }} as calling_code
    from store_customers

)

select
    {{ clean('customer_id') }} as customer_id,
    {{ email_key('email') }} as email_key,
    {{ phone_key('phone') }} as phone_key,
    {{ name_key('first_name') }} as first_name_key,
    {{ name_key('last_name') }} as last_name_key,
    {{ name_key("concat_ws(' ', first_name, last_name)") }} as name_key,
    {{ normal_email('email') }} as email,
    {{ clean('phone') }} as phone,
    {{ clean('first_name') }} as first_name,
    {{ clean('middle_name') }} as middle_name,
    {{ clean('last_name') }} as last_name,
    {{ lower_code('gender') }} as gender,
    {{ upper_code('country_code') }} as country_code,
    {{ upper_code('region_code') }} as region_code,
    {{ clean('city') }} as city,
    {{ clean('postal_code') }} as postal_code,
    {{ clean('time_zone') }} as time_zone,
    {{ clean('locale') }} as locale,
    {{ lower_code('account_state') }} as account_state,
    {{ lower_code('acquisition_channel') }} as acquisition_channel,
    {{ clean('acquisition_campaign') }} as acquisition_campaign,
    {{ clean('tags') }} as tags,
    {{ initial('first_name') }} as first_initial,
    coalesce({{ initial('middle_name') }}, {{ second_initial('first_name') }}) as middle_initial,
    {{ initial('last_name') }} as last_initial,
    coalesce(birth_month, cast(date_part('month', birth_date) as integer)) as birth_month,
    coalesce(birth_day, cast(date_part('day', birth_date) as integer)) as birth_day,
    coalesce(email_verified, true) as email_verified,
    coalesce(is_test, false) as is_test,
    coalesce(
        {{ months_later('birth_date', 12 * var('adult_age_years')) }} > {{ as_of_on() }}, false
    ) as is_minor,
    birth_date,
    {{ until_as_of('created_at') }} as created_at,
    deleted_at
from dialled
