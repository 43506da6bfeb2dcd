with store_order_discounts as (

    select * from {% call latest_versions(
        ref('store_order_discounts'), '(trim(order_id), line_no)', 'code, amount, is_shipping'
    ) %}
        trim(order_id) <> ''
        and line_no is not null
    {% endcall %} as store_order_discounts

)

select
    {{ clean('order_id') }} as order_id,
    line_no,
    {{ upper_code('code') }} as code,
    {{ lower_code('discount_type') }} as discount_type,
    amount,
    coalesce(is_shipping, false) as is_shipping
from store_order_discounts
