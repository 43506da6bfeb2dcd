with purchase_days as (

    select * from {{ ref('purchase_days') }}

),

-- the calibration sample ends early: what came after it is kept to compare
samples as (

    select
        'all' as sample,
        {{ as_of_on() }} as ends_on
    union all
    select
        'calibration' as sample,
        cast({{ as_of_on() }} - interval '{{ var('lifetime_holdout_days') }}' day as date)
            as ends_on

),

sampled_customers as (

    select
        samples.sample,
        purchase_days.customer_id,
        count(*) - 1 as repeat_count,
        {{ money('sum(purchase_days.net_revenue) filter (
            where purchase_days.purchase_day_number > 1)
            / nullif(count(*) - 1, 0)') }} as mean_repeat_value,
        date_diff(
            'day', min(purchase_days.purchased_on), max(purchase_days.purchased_on)
        ) as recency_days,
        date_diff('day', min(purchase_days.purchased_on), samples.ends_on) as age_days,
        samples.ends_on
    from purchase_days
    inner join samples
        on purchase_days.purchased_on < samples.ends_on
        or samples.sample = 'all'
    group by samples.sample, samples.ends_on, purchase_days.customer_id

)

select
    *,
    -- beyond some number more customers cost time and change no digit that matters
    {{ is_drawn(
        'customer_id', var('lifetime_fit_max_customers'), 'count(*) over (partition by sample)'
    ) }} as is_fitted
from sampled_customers
