with parcels as (

    select
        *,
        {{ local_date('promised_ship_at') }} as promised_ship_on,
        {{ local_date('promised_delivery_at') }} as promised_on,
        {{ local_date('estimated_delivery_at') }} as estimated_on
    from {{ ref('stg_fulfillments') }}
    where {{ is_parcel('status') }}

),

-- a carrier that never reports a delivery says nothing about a parcel that it does not report
reporting_carriers as (

    select coalesce(carrier, '') as carrier
    from parcels
    where delivered_at is not null
    group by coalesce(carrier, '')

)

select
    parcels.fulfillment_id,
    parcels.order_id,
    case
        when parcels.shipped_at is null or reporting_carriers.carrier is not null
            then date_diff('day', parcels.promised_on, {{ as_of_on() }})
    end as overdue_days,
    date_diff('day', parcels.promised_on, parcels.estimated_on) as delay_days,
    case
        when parcels.shipped_at is null
            then date_diff('day', parcels.promised_ship_on, {{ as_of_on() }})
    end as unshipped_days
from parcels
left join reporting_carriers on coalesce(parcels.carrier, '') = reporting_carriers.carrier
where parcels.delivered_at is null
    and coalesce(parcels.status, '') <> 'delivered'
