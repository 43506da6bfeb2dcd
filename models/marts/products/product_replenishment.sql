with gaps as (

    select * from {{ ref('replenishment_gaps') }}
    where days_per_unit is not null

),

consumables as (

    select * from {{ ref('stg_products') }}
    where is_consumable
        and sensitive_category is null

),

rhythms as (

    select
        product_id,
        count(*) as gap_count,
        cast(median(days_per_unit) as double) as median_days_per_unit
    from gaps
    group by product_id

)

select
    consumables.product_id,
    case
        when rhythms.gap_count >= {{ var('replenishment_min_gaps') }} then 'rhythm'
        when consumables.replenishment_days is not null then 'stated'
        when rhythms.gap_count > 0 then 'few_gaps'
        else 'unknown'
    end as basis,
    coalesce(rhythms.gap_count, 0) as gap_count,
    case
        when rhythms.gap_count >= {{ var('replenishment_min_gaps') }}
            then rhythms.median_days_per_unit
        else coalesce(
            cast(consumables.replenishment_days as double), rhythms.median_days_per_unit
        )
    end as days_per_unit,
    consumables.replenishment_days as stated_days
from consumables
left join rhythms on consumables.product_id = rhythms.product_id
