with purchase_samples as (

    select * from {{ ref('purchase_samples') }}
    where is_fitted

)

select
    sample,
    repeat_count,
    recency_days,
    age_days,
    count(*) as customer_count
from purchase_samples
group by sample, repeat_count, recency_days, age_days
