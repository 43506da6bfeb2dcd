with purchase_samples as (

    -- a repeat purchase of nothing, such as a gift card alone, tells no amount
    select * from {{ ref('purchase_samples') }}
    where is_fitted
        and mean_repeat_value > 0

)

select
    sample,
    repeat_count,
    mean_repeat_value,
    count(*) as customer_count
from purchase_samples
group by sample, repeat_count, mean_repeat_value
