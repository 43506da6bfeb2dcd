with purchase_days as (

    select * from {{ ref('purchase_days') }}

),

starts as (

    select
        customer_id,
        count(*) as purchase_day_count,
        max(gap_days) filter (where purchase_day_number = 2) as days_to_second_purchase,
        min(purchased_on) as first_purchased_on
    from purchase_days
    group by customer_id

)

select
    customer_id,
    purchase_day_count,
    days_to_second_purchase,
    date_diff('day', first_purchased_on, {{ as_of_on() }}) as days_since_first_purchase,
    first_purchased_on,
    {{ month_of('first_purchased_on') }} as cohort_month
from starts
