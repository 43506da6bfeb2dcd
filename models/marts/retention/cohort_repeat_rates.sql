with first_purchases as (

    select * from {{ ref('first_purchases') }}

),

windows as (

    select unnest([{{ var('repeat_windows_days') | join(', ') }}]) as window_days

),

cohort_windows as (

    select
        first_purchases.cohort_month,
        windows.window_days,
        count(*) as customer_count,
        count(*) filter (
            where first_purchases.days_to_second_purchase <= windows.window_days
        ) as repeat_customer_count
    from first_purchases
    cross join windows
    group by first_purchases.cohort_month, windows.window_days

),

-- a cohort is mature when its last day had the whole window; before that a rate would be too low
mature_windows as (

    select
        *,
        date_diff('day', {{ months_later('cohort_month', 1) }}, {{ as_of_on() }}) + 1
        >= window_days as is_mature
    from cohort_windows

),

known_repeats as (

    select
        cohort_month,
        window_days,
        customer_count,
        case when is_mature then repeat_customer_count end as repeat_customer_count,
        is_mature
    from mature_windows

)

select
    cohort_month,
    window_days,
    customer_count,
    repeat_customer_count,
    repeat_customer_count::double / customer_count as repeat_rate,
    {{ wilson_low('repeat_customer_count', 'customer_count') }} as repeat_rate_low,
    {{ wilson_high('repeat_customer_count', 'customer_count') }} as repeat_rate_high,
    is_mature
from known_repeats
