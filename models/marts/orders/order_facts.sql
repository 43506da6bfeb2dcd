with orders as (

    select * from {{ ref('stg_orders') }}

),

order_states as (

    select * from {{ ref('order_states') }}

),

order_money as (

    select * from {{ ref('order_money') }}

),

order_deliveries as (

    select * from {{ ref('order_deliveries') }}

),

order_sequences as (

    select * from {{ ref('order_sequences') }}

)

select
    orders.order_id,
    order_states.customer_id,
    orders.order_number,
    orders.channel,
    order_money.currency,
    orders.financial_status,
    case
        when not order_money.is_cost_known then 'assumed'
        when order_money.is_fee_known then 'full'
        else 'cost_only'
    end as margin_basis,
    order_deliveries.delivery_basis,
    orders.billing_country_code,
    orders.billing_region_code,
    orders.shipping_country_code,
    orders.shipping_region_code,
    orders.utm_source,
    orders.utm_medium,
    orders.utm_campaign,
    order_money.fx_rate,
    order_money.gross_revenue,
    order_money.discount_amount,
    order_money.refunded_amount,
    order_states.net_revenue,
    order_money.gift_card_sold,
    order_money.gift_card_paid,
    order_money.shipping_revenue,
    order_money.tax_amount,
    order_money.payment_fee,
    case when order_money.is_cost_known then order_money.known_cost end as cost,
    {{ money("case
        when not order_money.is_cost_known
            then order_states.net_revenue * " ~ var('default_margin_rate') ~ "
        else order_states.net_revenue - order_money.known_cost
            - case when order_money.is_fee_known then order_money.payment_fee else 0 end
    end") }} as margin,
    order_money.units,
    order_money.item_count,
    cast(order_money.discount_amount as double)
        / nullif(order_money.gross_revenue, 0) as discount_share,
    order_sequences.order_sequence,
    order_sequences.days_since_previous_order,
    order_deliveries.days_late,
    order_money.discount_amount = 0 as is_full_price,
    order_states.is_test,
    order_states.is_cancelled,
    order_states.is_fraud,
    order_states.is_paid,
    order_states.is_valid,
    order_states.is_valid and coalesce(order_states.net_revenue > 0, false) as counts_in_value,
    order_states.is_fully_refunded,
    order_money.gift_card_sold > 0 as has_gift_card,
    coalesce(order_sequences.order_sequence = 1, false) as is_first_order,
    orders.shipping_address_key is not null as has_shipping_address,
    orders.shipping_address_key = orders.billing_address_key as ships_to_billing_address,
    order_deliveries.delivered_on_time,
    order_states.ordered_on,
    order_sequences.previous_ordered_on,
    orders.ordered_at,
    order_deliveries.promised_delivery_at,
    order_deliveries.shipped_at,
    order_deliveries.delivered_at
from orders
inner join order_states on orders.order_id = order_states.order_id
inner join order_money on orders.order_id = order_money.order_id
left join order_deliveries on orders.order_id = order_deliveries.order_id
left join order_sequences on orders.order_id = order_sequences.order_id
