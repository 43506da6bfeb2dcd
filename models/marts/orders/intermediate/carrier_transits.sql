with deliveries as (

    select * from {{ ref('stg_fulfillments') }}
    where shipped_at is not null and delivered_at >= shipped_at

)

select
    carrier,
    count(*) as delivery_count,
    median(epoch(delivered_at) - epoch(shipped_at)) as median_transit_seconds
from deliveries
where carrier is not null
group by carrier
having count(*) >= {{ var('carrier_median_min_deliveries') }}
