with store_order_risks as (

    select * from {{ ref('store_order_risks') }}
    where trim(order_id) <> ''
    qualify {{ version_rank(
        'trim(order_id)',
        'is_fraud desc nulls last, chargeback_at, risk_level'
    ) }} = 1

)

select
    {{ clean('order_id') }} as order_id,
    {{ lower_code('risk_level') }} as risk_level,
    coalesce(is_fraud, false) as is_fraud,
    {{ until_as_of('chargeback_at') }} as chargeback_at
from store_order_risks
