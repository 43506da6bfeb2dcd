-- What became of every order, told without regard to the close of the history. One row per
-- order_key.
with order_heads as (

    select * from {{ ref('order_heads') }}

),

order_money as (

    select * from {{ ref('order_money') }}

),

returned as (

    select
        order_key,
        sum(amount) as goods_refunded,
        sum(case when tax_rate > 0 then amount else 0 end) as taxed_refunded,
        max(tax_rate) as tax_rate
    from {{ ref('refund_lines') }}
    group by order_key

),

journeys as (

    select
        *,
        shipping_role is not null and cancel_reason is null as is_shipped,
        0.2 + 1.8 * {{ draw('order_key', 'handling') }}
        + case when {{ chance('order_key', 'ships_late', 0.04) }}
            then 3 + 6 * {{ draw('order_key', 'ship_delay') }} else 0 end
            as handling_days,
        case when distance = 'other_country' and shipping_role >= 8 then 5 else 1.5 end
        + 2 * {{ draw('order_key', 'transit') }}
        + case when {{ chance('order_key', 'arrives_late', 0.07) }}
            then 3 + 8 * {{ draw('order_key', 'delay') }} else 0 end
            as transit_days,
        case when distance = 'other_country' and shipping_role >= 8 then 11 else 6 end
            as promised_days,
        {{ chance('order_key', 'lost', 0.004) }} as is_lost
    from order_heads

),

dated as (

    select
        journeys.*,
        order_money.taxes_included,
        order_money.grand_total,
        {{ later('journeys.ordered_at', '0.001') }} as processed_at,
        case when journeys.cancel_reason is not null
            then {{ later('journeys.ordered_at',
                "0.05 + 1.5 * " ~ draw('journeys.order_key', 'cancel_delay')) }} end
            as cancelled_at,
        case when journeys.is_shipped
            then {{ later('journeys.ordered_at', 'journeys.handling_days') }} end as shipped_at,
        case when journeys.is_shipped and not journeys.is_lost
            then {{ later('journeys.ordered_at',
                'journeys.handling_days + journeys.transit_days') }} end as delivered_at,
        case when journeys.is_shipped then {{ later('journeys.ordered_at', '2') }} end
            as promised_ship_at,
        case when journeys.is_shipped
            then {{ later('journeys.ordered_at', 'journeys.promised_days') }} end
            as promised_delivery_at,
        case when returned.order_key is not null then {{ later('journeys.ordered_at', "case
            when journeys.cancel_reason is not null then 2.0
            else journeys.handling_days + journeys.transit_days + 3
                + 15 * " ~ draw('journeys.order_key', 'refund_delay')
            ~ " end") }} end as refunded_at,
        -- what is paid back: the goods and their tax; a cancelled order gets everything back
        case
            when returned.order_key is null then null
            when journeys.cancel_reason is not null then order_money.grand_total
            else {{ cents('returned.goods_refunded + case when order_money.taxes_included then 0
                else returned.taxed_refunded * returned.tax_rate end') }}
        end as refund_amount
    from journeys
    inner join order_money on journeys.order_key = order_money.order_key
    left join returned on journeys.order_key = returned.order_key

)

select
    *,
    case
        when cancel_reason in ('declined', 'fraud') then 'voided'
        when refunded_at < {{ closes_at() }}
        then case when cancel_reason is not null or refund_kind = 'full' then 'refunded'
            else 'partially_refunded' end
        when is_charged_back then 'paid'
        when ordered_at > {{ closes_at() }} - interval 8 hour
            and {{ chance('order_key', 'still_open', 0.3) }}
        then 'authorized'
        when method = 'bank_transfer' and {{ chance('order_key', 'never_paid', 0.05) }}
            then 'pending'
        else 'paid'
    end as financial_status,
    case
        when cancel_reason is not null then 'unfulfilled'
        when not is_shipped then 'fulfilled'
        when shipped_at < {{ closes_at() }} then 'fulfilled'
        else 'unfulfilled'
    end as fulfillment_status
from dated
