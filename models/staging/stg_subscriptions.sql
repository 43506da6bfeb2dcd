with store_subscriptions as (

    select * from {% call latest_versions(
        ref('store_subscriptions'),
        'trim(subscription_id)',
        'cancelled_at desc nulls last, next_charge_at, customer_id, product_id, status'
    ) %}
        trim(subscription_id) <> ''
        and started_at < {{ as_of() }}
    {% endcall %} as store_subscriptions

)

select
    {{ clean('subscription_id') }} as subscription_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('product_id') }} as product_id,
    {{ lower_code('status') }} as status,
    interval_days,
    started_at,
    {{ until_as_of('cancelled_at') }} as cancelled_at,
    next_charge_at
from store_subscriptions
