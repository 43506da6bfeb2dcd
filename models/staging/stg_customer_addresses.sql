with store_customer_addresses as (

    select * from {% call latest_versions(
        ref('store_customer_addresses'),
        'trim(address_id)',
        'is_default desc, customer_id, address1, postal_code, last_name'
    ) %}
        trim(address_id) <> ''
    {% endcall %} as store_customer_addresses

)

select
    {{ clean('address_id') }} as address_id,
    {{ clean('customer_id') }} as customer_id,
    {{ address_key('address1', 'postal_code', 'city', 'country_code') }} as address_key,
    {{ name_key('first_name') }} as first_name_key,
    {{ name_key('last_name') }} as last_name_key,
    {{ clean('address1') }} as address1,
    {{ clean('address2') }} as address2,
    {{ clean('city') }} as city,
    {{ upper_code('region_code') }} as region_code,
    {{ clean('postal_code') }} as postal_code,
    {{ upper_code('country_code') }} as country_code,
    {{ clean('first_name') }} as first_name,
    {{ clean('last_name') }} as last_name,
    coalesce(is_default, false) as is_default,
    coalesce(is_pickup_point, false) as is_pickup_point
from store_customer_addresses
