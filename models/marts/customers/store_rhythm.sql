with mature_purchase_days as (

    -- who came lately had no time to come back late and would make the shop look faster than it is
    select * from {{ ref('purchase_days') }}
    where date_diff('day', first_purchased_on, {{ as_of_on() }}) >= {{ var('rhythm_mature_days') }}

)

select
    {{ as_of() }} as as_of,
    count(gap_days) as gap_count,
    median(gap_days) as median_gap_days,
    count(gap_days) filter (where purchase_day_number = 2) as second_gap_count,
    median(gap_days) filter (where purchase_day_number = 2) as second_gap_median_days,
    quantile_cont(gap_days, {{ var('one_order_at_risk_share') }})
        filter (where purchase_day_number = 2) as second_gap_at_risk_days,
    quantile_cont(gap_days, {{ var('one_order_lapsed_share') }})
        filter (where purchase_day_number = 2) as second_gap_lapsed_days
from mature_purchase_days
