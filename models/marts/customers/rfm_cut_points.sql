with customer_rfm as (

    select * from {{ ref('customer_rfm') }}

),

measures as (

    select
        'recency_days' as measure,
        rfm_basis,
        recency_score as score,
        cast(recency_days as decimal(18, 4)) as measured
    from customer_rfm
    union all
    select
        'frequency_days' as measure,
        rfm_basis,
        frequency_score as score,
        cast(frequency_days as decimal(18, 4)) as measured
    from customer_rfm
    union all
    select
        'monetary_amount' as measure,
        rfm_basis,
        monetary_score as score,
        cast(monetary_amount as decimal(18, 4)) as measured
    from customer_rfm

)

select
    measure,
    score,
    rfm_basis,
    count(*) as customer_count,
    min(measured) as lowest_value,
    max(measured) as highest_value
from measures
group by measure, score, rfm_basis
