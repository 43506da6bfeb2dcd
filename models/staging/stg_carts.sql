with store_carts as (

    select * from {% call latest_versions(
        ref('store_carts'),
        'trim(cart_id)',
        'completed_at desc nulls last, updated_at desc nulls last, cart_total, customer_id, email'
    ) %}
        trim(cart_id) <> ''
        and created_at < {{ as_of() }}
    {% endcall %} as store_carts

)

select
    {{ clean('cart_id') }} as cart_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('anonymous_id') }} as anonymous_id,
    {{ clean('order_id') }} as order_id,
    {{ email_key('email') }} as email_key,
    {{ normal_email('email') }} as email,
    {{ lower_code('last_step') }} as last_step,
    {{ upper_code('currency') }} as currency,
    {{ clean('recovery_url') }} as recovery_url,
    cart_total,
    shipping_quote,
    created_at,
    {{ until_as_of('updated_at') }} as updated_at,
    {{ until_as_of('checkout_started_at') }} as checkout_started_at,
    {{ until_as_of('completed_at') }} as completed_at
from store_carts
