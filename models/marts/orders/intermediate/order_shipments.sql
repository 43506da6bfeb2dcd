with parcels as (

    select * from {{ ref('stg_fulfillments') }}
    where {{ is_parcel('status') }}

),

carrier_transits as (

    select * from {{ ref('carrier_transits') }}

),

tracked_parcels as (

    select
        parcels.order_id,
        parcels.shipped_at,
        parcels.promised_ship_at,
        parcels.promised_delivery_at,
        parcels.delivered_at,
        coalesce(
            parcels.delivered_at,
            {{ seconds_later('parcels.shipped_at', 'carrier_transits.median_transit_seconds') }}
        ) as likely_delivered_at
    from parcels
    left join carrier_transits on parcels.carrier = carrier_transits.carrier

)

-- an order has arrived when its last parcel has
select
    order_id,
    count(*) as parcel_count,
    count(*) = count(shipped_at) as is_shipped,
    count(*) = count(delivered_at) as is_delivered,
    count(*) = count(likely_delivered_at) as is_likely_known,
    min(shipped_at) as shipped_at,
    min(promised_ship_at) as promised_ship_at,
    max(promised_delivery_at) as promised_delivery_at,
    max(likely_delivered_at) as likely_delivered_at
from tracked_parcels
group by order_id
