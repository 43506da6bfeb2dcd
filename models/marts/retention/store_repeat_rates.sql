with first_purchases as (

    select * from {{ ref('first_purchases') }}

),

windows as (

    select unnest([{{ var('repeat_windows_days') | join(', ') }}]) as window_days

),

counts as (

    select
        concat(windows.window_days, '_days') as repeat_window,
        windows.window_days,
        count(first_purchases.customer_id) as customer_count,
        count(*) filter (
            where first_purchases.days_to_second_purchase <= windows.window_days
        ) as repeat_customer_count
    from windows
    left join first_purchases
        on first_purchases.days_since_first_purchase >= windows.window_days
    group by windows.window_days

    union all

    select
        'all_time' as repeat_window,
        null as window_days,
        count(*) as customer_count,
        count(days_to_second_purchase) as repeat_customer_count
    from first_purchases

)

select
    repeat_window,
    window_days,
    customer_count,
    repeat_customer_count,
    repeat_customer_count::double / nullif(customer_count, 0) as repeat_rate,
    {{ wilson_low('repeat_customer_count', 'customer_count') }} as repeat_rate_low,
    {{ wilson_high('repeat_customer_count', 'customer_count') }} as repeat_rate_high
from counts
