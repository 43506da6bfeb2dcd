with store_orders as (

    select * from {% call latest_versions(
        ref('store_orders'),
        'trim(order_id)',
        'cancelled_at desc nulls last, refunded_total desc nulls last, financial_status, '
        ~ 'ordered_at, customer_id, email, grand_total'
    ) %}
        trim(order_id) <> ''
        and ordered_at < {{ as_of() }}
    {% endcall %} as store_orders

),

-- a number's country completes it
dialled as (

    select
        *,
        {{ dialled_digits('phone') }} as dialled_digits,
        {{ calling_code('billing_country_code') }} as calling_code
    from store_orders

)

select
    {{ clean('order_id') }} as order_id,
    {{ clean('customer_id') }} as customer_id,
    {{ email_key('email') }} as email_key,
    {{ phone_key('phone') }} as phone_key,
    {{ address_key(
        'billing_address1', 'billing_postal_code', 'billing_city', 'billing_country_code'
    ) }} as billing_address_key,
    {{ address_key(
        'shipping_address1', 'shipping_postal_code', 'shipping_city', 'shipping_country_code'
    ) }} as shipping_address_key,
    {{ name_key('billing_first_name') }} as billing_first_name_key,
    {{ name_key('billing_last_name') }} as billing_last_name_key,
    {{ name_key('shipping_first_name') }} as shipping_first_name_key,
    {{ name_key('shipping_last_name') }} as shipping_last_name_key,
    {{ clean('order_number') }} as order_number,
    {{ normal_email('email') }} as email,
    {{ clean('phone') }} as phone,
    {{ lower_code('cancel_reason') }} as cancel_reason,
    {{ lower_code('financial_status') }} as financial_status,
    {{ lower_code('fulfillment_status') }} as fulfillment_status,
    {{ lower_code('channel') }} as channel,
    {{ upper_code('currency') }} as currency,
    {{ clean('billing_first_name') }} as billing_first_name,
    {{ clean('billing_last_name') }} as billing_last_name,
    {{ clean('billing_address1') }} as billing_address1,
    {{ clean('billing_address2') }} as billing_address2,
    {{ clean('billing_city') }} as billing_city,
    {{ upper_code('billing_region_code') }} as billing_region_code,
    {{ clean('billing_postal_code') }} as billing_postal_code,
    {{ upper_code('billing_country_code') }} as billing_country_code,
    {{ clean('billing_phone') }} as billing_phone,
    {{ clean('shipping_first_name') }} as shipping_first_name,
    {{ clean('shipping_last_name') }} as shipping_last_name,
    {{ clean('shipping_address1') }} as shipping_address1,
    {{ clean('shipping_address2') }} as shipping_address2,
    {{ clean('shipping_city') }} as shipping_city,
    {{ upper_code('shipping_region_code') }} as shipping_region_code,
    {{ clean('shipping_postal_code') }} as shipping_postal_code,
    {{ upper_code('shipping_country_code') }} as shipping_country_code,
    {{ clean('shipping_phone') }} as shipping_phone,
    {{ clean('note') }} as note,
    {{ clean('landing_url') }} as landing_url,
    {{ clean('referrer') }} as referrer,
    {{ lower_code('utm_source') }} as utm_source,
    {{ lower_code('utm_medium') }} as utm_medium,
    {{ clean('utm_campaign') }} as utm_campaign,
    {{ clean('cart_token') }} as cart_token,
    {{ initial('billing_first_name') }} as billing_first_initial,
    {{ second_initial('billing_first_name') }} as billing_middle_initial,
    {{ initial('billing_last_name') }} as billing_last_initial,
    subtotal,
    discount_total,
    shipping_total,
    tax_total,
    grand_total,
    refunded_total,
    gift_card_paid,
    coalesce(taxes_included, false) as taxes_included,
    coalesce(is_test, false) as is_test,
    {{ local_date('ordered_at') }} as ordered_on,
    ordered_at,
    {{ until_as_of('processed_at') }} as processed_at,
    {{ until_as_of('cancelled_at') }} as cancelled_at
from dialled
