with store_order_risks as (

    select * from {% call latest_versions(
        ref('store_order_risks'),
        'trim(order_id)',
        'is_fraud desc nulls last, chargeback_at, risk_level'
    ) %}
        trim(order_id) <> ''
    {% endcall %} as store_order_risks

)

select
    {{ clean('order_id') }} as order_id,
    {{ lower_code('risk_level') }} as risk_level,
    coalesce(is_fraud, false) as is_fraud,
    {{ until_as_of('chargeback_at') }} as chargeback_at
from store_order_risks
