with store_subscriptions as (

    select * from {{ ref('store_subscriptions') }}
    where
        trim(subscription_id) <> ''
        and started_at < {{ as_of() }}
    qualify {{ version_rank(
        'trim(subscription_id)',
        'cancelled_at desc nulls last, next_charge_at, customer_id, product_id, status'
    ) }} = 1

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
