-- The canonical orders, as dirty as they come: repeats by a later load, a few dated in the future.
-- One row per order_id, but for the repeats.
with order_fates as (

    select * from {{ ref('order_fates') }}

),

order_money as (

    select * from {{ ref('order_money') }}

),

order_contacts as (

    select * from {{ ref('order_contacts') }}

),

parcels as (

    select * from {{ ref('parcels') }}

),

card_payments as (

    select order_key, amount from {{ ref('card_payments') }}

),

told as (

    select
        order_fates.order_key,
        'O' || order_fates.order_key as order_id,
        '#' || (100000 + order_fates.order_key) as order_number,
        case when not order_contacts.is_guest
            then 'C' || lpad(order_fates.customer_number::varchar, 8, '0') end
            as customer_id,
        order_contacts.email,
        order_contacts.phone,
        -- a clock that runs a year ahead
        case when {{ chance('order_fates.order_key', 'future_order', 0.0003) }}
            then order_fates.ordered_at + interval 1200 day else order_fates.ordered_at end
                as ordered_at,
        order_fates.processed_at,
        {{ if_known('order_fates.cancelled_at') }} as cancelled_at,
        order_fates.cancel_reason,
        case when {{ chance('order_fates.order_key', 'status_case', 0.01) }}
            then upper(order_fates.financial_status) else order_fates.financial_status end
                as financial_status,
        order_fates.fulfillment_status,
        order_fates.channel,
        order_money.currency,
        order_money.subtotal,
        order_money.discount_total,
        order_money.shipping_total,
        order_money.tax_total,
        order_money.grand_total,
        order_money.taxes_included,
        case when order_fates.refunded_at < {{ closes_at() }}
            then {{ money('order_fates.refund_amount') }} else 0 end
            as refunded_total,
        coalesce(card_payments.amount, 0) as gift_card_paid,
        parcels.billing_first_name,
        case when {{ chance('order_fates.order_key', 'name_case', 0.03) }}
            then upper(parcels.billing_last_name) else parcels.billing_last_name end
                as billing_last_name,
        case when {{ chance('order_fates.order_key', 'street_case', 0.02) }}
            then upper(parcels.billing_address1) else parcels.billing_address1 end
                as billing_address1,
        parcels.billing_address2,
        parcels.billing_city,
        parcels.billing_region_code,
        parcels.billing_postal_code,
        parcels.billing_country_code,
        order_contacts.phone as billing_phone,
        parcels.shipping_first_name,
        parcels.shipping_last_name,
        parcels.shipping_address1,
        parcels.shipping_address2,
        parcels.shipping_city,
        parcels.shipping_region_code,
        parcels.shipping_postal_code,
        parcels.shipping_country_code,
        case when parcels.shipping_number = parcels.billing_number then order_contacts.phone end
            as shipping_phone,
        case when {{ chance('order_fates.order_key', 'delivery_note', 0.04) }}
            then list_value('Leave at the door', 'Please ring twice', 'Back entrance',
                'Call before delivery')
                [1 + {{ pick('order_fates.order_key', 'delivery_note_kind', 4) }}] end as note,
        case when order_fates.channel in ('web', 'app')
            then 'https://shop.example.com/' || coalesce(
            '?utm_source=' || order_contacts.utm_source || '&utm_campaign='
                || order_contacts.utm_campaign, '') end
            as landing_url,
        order_contacts.referrer,
        order_contacts.utm_source,
        order_contacts.utm_medium,
        order_contacts.utm_campaign,
        case when order_fates.channel in ('web', 'app') then 'K' || order_fates.order_key * 8 end
            as cart_token,
        order_fates.is_test,
        {{ loaded_after('order_fates.ordered_at') }} as _loaded_at
    from order_fates
    inner join order_money on order_fates.order_key = order_money.order_key
    inner join order_contacts on order_fates.order_key = order_contacts.order_key
    inner join parcels on order_fates.order_key = parcels.order_key
    left join card_payments on order_fates.order_key = card_payments.order_key

)

{{ with_repeats('told', 'order_key', 'order_repeated', 0.003) }}
