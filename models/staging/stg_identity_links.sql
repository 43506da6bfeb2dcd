with store_identity_links as (

    select * from {% call latest_versions(
        ref('store_identity_links'),
        '(lower(trim(identifier_type)), trim(identifier_value_norm), trim(customer_id))',
        'first_seen_at, source'
    ) %}
        trim(identifier_type) <> ''
        and trim(identifier_value_norm) <> ''
        and trim(customer_id) <> ''
        and first_seen_at < {{ as_of() }}
    {% endcall %} as store_identity_links

),

-- a stored number is already international: no country has to complete it
dialled as (

    select
        *,
        {{ dialled_digits('identifier_value_norm') }} as dialled_digits,
        cast(null as varchar) as calling_code
    from store_identity_links

)

select
    {{ lower_code('identifier_type') }} as identifier_type,
    {{ clean('identifier_value_norm') }} as identifier_value_norm,
    {{ clean('customer_id') }} as customer_id,
    case {{ lower_code('identifier_type') }}
        when 'email' then {{ email_key('identifier_value_norm') }}
        when 'phone' then {{ phone_key('identifier_value_norm') }}
        else {{ identity_key(clean('identifier_value_norm')) }}
    end as identifier_key,
    {{ lower_code('source') }} as source,
    first_seen_at
from dialled
