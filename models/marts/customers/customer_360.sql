with customers as (

    select * from {{ ref('customers') }}

),

customer_permissions as (

    select * from {{ ref('customer_permissions') }}

),

customer_orders as (

    select * from {{ ref('customer_orders') }}

),

customer_value as (

    select * from {{ ref('customer_value') }}

),

customer_value_flags as (

    select * from {{ ref('customer_value_flags') }}

),

customer_rhythm as (

    select * from {{ ref('customer_rhythm') }}

),

customer_rfm as (

    select * from {{ ref('customer_rfm') }}

),

customer_open_carts as (

    select * from {{ ref('customer_open_carts') }}

),

gift_givers as (

    select * from {{ ref('gift_givers') }}

),

customer_engagement as (

    select * from {{ ref('customer_engagement') }}

)

select
    customers.customer_id,
    customers.country_code,
    customers.region_code,
    customers.time_zone,
    customers.locale,
    customers.gender,
    customers.acquisition_channel,
    customers.acquisition_campaign,
    customer_value.margin_basis,
    customer_rhythm.rhythm_basis,
    customer_rhythm.activity_state,
    customer_rfm.rfm_score,
    coalesce(customer_rfm.rfm_label, 'prospects') as rfm_label,
    customer_value_flags.high_value_basis,
    case when customer_value.customer_id is not null then 'margin_365d' end as predicted_clv_basis,
    customer_open_carts.open_cart_id,
    customer_open_carts.open_cart_stage,
    coalesce(gift_givers.gift_giver_status, 'none') as gift_giver_status,
    customers.birth_month,
    customers.account_count,
    coalesce(customer_orders.order_count, 0) as order_count,
    coalesce(customer_orders.valid_order_count, 0) as valid_order_count,
    coalesce(customer_orders.fraud_order_count, 0) as fraud_order_count,
    coalesce(customer_orders.orders_365d, 0) as orders_365d,
    customer_orders.days_since_last_order,
    customer_orders.tenure_days,
    customer_value.gross_revenue,
    customer_value.net_revenue,
    customer_value.margin,
    customer_value.historic_clv,
    customer_value.aov,
    customer_value.median_order_value,
    customer_value.gross_margin_rate,
    customer_value.full_price_share,
    customer_value.refund_rate,
    customer_value.net_revenue_180d,
    customer_value.net_revenue_prior_180d,
    customer_value_flags.spend_ratio,
    customer_value.net_revenue_365d,
    customer_value.margin_365d,
    customer_value.margin_365d as predicted_clv,
    customer_rhythm.activity_ratio,
    customer_rhythm.expected_interval_days,
    customer_rhythm.days_since_last_purchase,
    customer_rfm.recency_score,
    customer_rfm.frequency_score,
    customer_rfm.monetary_score,
    customer_open_carts.open_cart_value,
    coalesce(gift_givers.gift_score, 0) as gift_score,
    coalesce(gift_givers.gift_order_count, 0) as gift_order_count,
    customer_engagement.days_since_signed_up,
    customer_engagement.days_since_last_click,
    customers.is_guest_only,
    customers.is_test,
    customers.has_email or customers.has_phone as is_known,
    -- a test account, or somebody whose orders came to nothing but fraud
    customers.is_test
    or coalesce(
        customer_orders.valid_order_count = 0 and customer_orders.fraud_order_count > 0, false
    ) as is_invalid,
    coalesce(customer_value_flags.is_high_value, false) as is_high_value,
    coalesce(customer_orders.is_high_frequency, false) as is_high_frequency,
    coalesce(customer_value_flags.is_top_clv_quintile, false) as is_top_clv_quintile,
    coalesce(customer_value_flags.has_spend_drop, false) as has_spend_drop,
    coalesce(customer_open_carts.has_shipping_shock, false) as has_shipping_shock,
    coalesce(customer_permissions.may_email, false) as may_email,
    coalesce(customer_permissions.may_sms, false) as may_sms,
    coalesce(customer_permissions.may_post, false) as may_post,
    coalesce(customer_permissions.may_ads, false) as may_ads,
    coalesce(customer_permissions.may_profile, true) as may_profile,
    customers.created_at,
    customer_engagement.signed_up_at,
    customer_orders.first_ordered_at,
    customer_orders.last_ordered_at,
    customer_open_carts.open_cart_abandoned_at,
    customer_engagement.last_click_at,
    customers.created_on,
    customer_orders.first_ordered_on,
    customer_orders.last_ordered_on,
    gift_givers.last_gift_ordered_on
from customers
left join customer_permissions on customers.customer_id = customer_permissions.customer_id
left join customer_orders on customers.customer_id = customer_orders.customer_id
left join customer_value on customers.customer_id = customer_value.customer_id
left join customer_value_flags on customers.customer_id = customer_value_flags.customer_id
left join customer_rhythm on customers.customer_id = customer_rhythm.customer_id
left join customer_rfm on customers.customer_id = customer_rfm.customer_id
left join customer_open_carts on customers.customer_id = customer_open_carts.customer_id
left join gift_givers on customers.customer_id = gift_givers.customer_id
left join customer_engagement on customers.customer_id = customer_engagement.customer_id
