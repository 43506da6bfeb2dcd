-- What is decided once per order: channel, currency, discount, payment, fate, and where it goes.
-- One row per order_key.
with order_circumstances as (

    select * from {{ ref('order_circumstances') }}

)

select
    * exclude (channel_draw, cancel_draw, refund_draw, method_draw),
    case
        when channel_draw < 0.78 or is_digital then 'web'
        when channel_draw < 0.92 then 'app'
        when channel_draw < 0.96 and person_kind = 'buyer' and not is_gift then 'pos'
        when channel_draw < 0.98 then 'call_center'
        else 'marketplace'
    end as channel,
    -- the shop began to charge in euros in June 2024, in pounds in March 2025
    case
        when home_currency = 'EUR' and ordered_at >= timestamp '2024-06-01' then 'EUR'
        when home_currency = 'GBP' and ordered_at >= timestamp '2025-03-01' then 'GBP'
        else 'USD'
    end as currency,
    case when is_discounted
        then list_value(0.10, 0.10, 0.15, 0.20, 0.20, 0.25)[1
            + {{ pick('order_key', 'discount_size', 6) }}]
        else 0 end as discount_share,
    case
        when person_kind = 'fraudster' then case
            when {{ chance('order_key', 'fraud_caught', 0.55) }} then 'fraud' end
        when cancel_draw < 0.008 then 'customer'
        when cancel_draw < 0.012 then 'inventory'
        when cancel_draw < 0.015 then 'declined'
        when cancel_draw < 0.016 then 'other'
    end as cancel_reason,
    case
        when person_kind = 'fraudster' or cancel_draw < 0.016 then 'none'
        when refund_draw < case when has_clothing then 0.04 else 0.018 end then 'full'
        when refund_draw < case when has_clothing then 0.10 else 0.045 end then 'partial'
        else 'none'
    end as refund_kind,
    case
        when method_draw < 0.70 then 'card'
        when method_draw < 0.84 then 'paypal'
        when method_draw < 0.93 then 'bnpl'
        when method_draw < 0.97 then 'bank_transfer'
        else 'gift_card'
    end as method,
    person_kind = 'fraudster' or {{ chance('order_key', 'disputed', 0.0008) }} as is_charged_back,
    person_kind = 'test' or {{ chance('order_key', 'staff_test', 0.0008) }} as is_test,
    case
        when has_just_moved and {{ chance('order_key', 'old_billing', 0.5) }} then 0
        when has_moved then 1
        else 0
    end as billing_role,
    case
        when is_digital
            or (channel_draw >= 0.92 and channel_draw < 0.96 and person_kind = 'buyer'
                and not is_gift) then null
        when person_kind = 'fraudster' then 5
        when is_gift and {{ chance('order_key', 'sent_to_recipient', "(case distance
            when 'same_region' then 0.4 when 'other_region' then 0.75 when 'other_country' then 0.8
                else 0 end)") }}
        then 8 + recipient_no
        when has_office and {{ chance('order_key', 'to_office', 0.4) }} then 2
        when has_second_home and {{ chance('order_key', 'to_second_home', 0.25) }} then 3
        when {{ chance('order_key', 'to_pickup_point', 0.035) }} then 4
        when has_moved then 1
        else 0
    end as shipping_role
from order_circumstances
