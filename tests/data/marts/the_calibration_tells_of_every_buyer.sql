with lifetime_scores as (

    select * from {{ ref('lifetime_scores') }}
    where sample = 'calibration'

),

lifetime_calibration as (

    select * from {{ ref('lifetime_calibration') }}

),

scored as (

    select count(*) as customer_count from lifetime_scores

),

calibrated as (

    select coalesce(sum(customer_count), 0) as customer_count from lifetime_calibration

)

select
    scored.customer_count as scored_count,
    calibrated.customer_count as calibrated_count
from scored
cross join calibrated
where scored.customer_count <> calibrated.customer_count
