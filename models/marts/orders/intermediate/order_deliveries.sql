with orders as (

    select * from {{ ref('stg_orders') }}

),

shipments as (

    select * from {{ ref('order_shipments') }}

),

expected as (

    select
        orders.order_id,
        shipments.parcel_count is not null and orders.cancelled_at is null as is_awaited,
        shipments.shipped_at,
        shipments.promised_delivery_at,
        case
            when shipments.is_delivered then 'delivered'
            when shipments.is_likely_known then 'shipped_plus_median'
            when shipments.parcel_count is null and orders.cancelled_at is not null then null
            when shipments.parcel_count is null and orders.channel = 'pos' then 'delivered'
            when
                coalesce(shipments.is_shipped, true)
                and coalesce(orders.fulfillment_status, 'fulfilled') = 'fulfilled'
                then 'ordered_plus_days'
        end as delivery_basis,
        case
            when shipments.is_likely_known then shipments.likely_delivered_at
            -- who buys over the counter carries it home
            when orders.channel = 'pos' then orders.ordered_at
            else orders.ordered_at + interval '{{ var("delivery_fallback_days") }}' day
        end as expected_at
    from orders
    left join shipments on orders.order_id = shipments.order_id

),

arrivals as (

    select
        order_id,
        is_awaited,
        shipped_at,
        promised_delivery_at,
        case when expected_at < {{ as_of() }} then delivery_basis end as delivery_basis,
        case
            when delivery_basis is not null and expected_at < {{ as_of() }} then expected_at
        end as delivered_at
    from expected

),

-- a guess of days after the order says nothing about a promise; a broken promise is late already
promises as (

    select
        *,
        {{ local_date('promised_delivery_at') }} as promised_on,
        case
            when delivery_basis in ('delivered', 'shipped_plus_median')
                then {{ local_date('delivered_at') }}
            when
                is_awaited and delivery_basis is null
                and {{ local_date('promised_delivery_at') }} < {{ as_of_on() }}
                then {{ as_of_on() }}
        end as judged_on
    from arrivals

)

select
    order_id,
    delivery_basis,
    case
        when judged_on is not null and promised_on is not null
            then greatest(0, date_diff('day', promised_on, judged_on))
    end as days_late,
    judged_on <= promised_on as delivered_on_time,
    promised_delivery_at,
    shipped_at,
    delivered_at
from promises
