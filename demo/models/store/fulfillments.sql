-- The canonical fulfillments: one shipment per order that is sent. One row per fulfillment_id.
with order_fates as (

    select * from {{ ref('order_fates') }}
    where is_shipped

),

told as (

    select
        'F' || order_key as fulfillment_id,
        'O' || order_key as order_id,
        {{ if_known('shipped_at') }} as shipped_at,
        promised_ship_at,
        promised_delivery_at,
        -- the carrier learns of a delay a day before the promise breaks
        case when delivered_at > promised_delivery_at
            and promised_delivery_at - interval 1 day < {{ closes_at() }}
            then delivered_at else promised_delivery_at end as estimated_delivery_at,
        {{ if_known('delivered_at') }} as delivered_at,
        list_value('UPS', 'DHL', 'USPS', 'DPD')[1 + {{ pick('order_key', 'carrier', 4) }}]
            as carrier,
        {{ loaded_after('ordered_at') }} as _loaded_at
    from order_fates

)

select
    fulfillment_id,
    order_id,
    case
        when delivered_at is not null then 'delivered'
        when shipped_at is null then 'open'
        else 'in_transit'
    end as status,
    shipped_at,
    promised_ship_at,
    promised_delivery_at,
    estimated_delivery_at,
    delivered_at,
    carrier,
    _loaded_at
from told
