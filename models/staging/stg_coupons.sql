with store_coupons as (

    select * from {% call latest_versions(
        ref('store_coupons'),
        'upper(trim(code))',
        'is_active, expires_at, value, campaign_id, holder_customer_id'
    ) %}
        trim(code) <> ''
    {% endcall %} as store_coupons

)

select
    {{ upper_code('code') }} as code,
    {{ clean('campaign_id') }} as campaign_id,
    {{ clean('holder_customer_id') }} as holder_customer_id,
    {{ lower_code('discount_type') }} as discount_type,
    value,
    min_order,
    max_discount,
    usage_limit,
    per_customer_limit,
    is_active,
    starts_at,
    expires_at
from store_coupons
