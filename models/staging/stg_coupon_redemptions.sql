with store_coupon_redemptions as (

    select * from {% call latest_versions(
        ref('store_coupon_redemptions'),
        'trim(redemption_id)',
        'attempted_at desc, result, code, customer_id, order_id'
    ) %}
        trim(redemption_id) <> ''
        and attempted_at < {{ as_of() }}
    {% endcall %} as store_coupon_redemptions

)

select
    {{ clean('redemption_id') }} as redemption_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('order_id') }} as order_id,
    {{ upper_code('code') }} as code,
    {{ lower_code('result') }} as result,
    {{ lower_code('failure_code') }} as failure_code,
    discount_amount,
    attempted_at
from store_coupon_redemptions
