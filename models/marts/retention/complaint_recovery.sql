with orders as (

    select
        *,
        date_diff('day', ordered_on, {{ as_of_on() }}) as days_ago
    from {{ ref('order_facts') }}
    where order_sequence is not null

),

complaints as (

    select * from {{ ref('order_complaints') }}

),

purchase_days as (

    select * from {{ ref('purchase_days') }}

),

next_days as (

    select
        customer_id,
        purchased_on,
        lead(gap_days) over (partition by customer_id order by purchased_on) as next_gap_days
    from purchase_days

),

-- orders that had the whole window to be followed by another
judged_orders as (

    select
        orders.order_id,
        1 + cast(least(4, floor(5 * percent_rank() over (order by orders.net_revenue))) as integer)
            as value_band,
        coalesce(next_days.next_gap_days <= {{ var('service_repeat_days') }}, false) as is_repeated,
        case
            when complaints.order_id is null then 'no_complaint'
            when not complaints.is_resolved then 'unresolved'
            when epoch(complaints.last_resolved_at) - epoch(complaints.first_complaint_at)
                <= 3600 * {{ var('service_fast_hours') }} then 'fast'
            when epoch(complaints.last_resolved_at) - epoch(complaints.first_complaint_at)
                <= 3600 * {{ var('service_slow_hours') }} then 'medium'
            else 'slow'
        end as resolution
    from orders
    left join complaints on orders.order_id = complaints.order_id
    left join next_days
        on orders.customer_id = next_days.customer_id
        and orders.ordered_on = next_days.purchased_on
    where orders.days_ago >= {{ var('service_repeat_days') }}

),

bands as (

    select
        resolution,
        value_band,
        count(*) as order_count,
        count(*) filter (where is_repeated) as repeat_count
    from judged_orders
    group by resolution, value_band

),

calm_bands as (

    select
        value_band,
        cast(repeat_count::double / order_count as decimal(18, 12)) as repeat_rate
    from bands
    where resolution = 'no_complaint'

),

-- what orders of the same value without a complaint did
compared as (

    select
        bands.resolution,
        cast(sum(bands.order_count) as bigint) as order_count,
        cast(sum(bands.repeat_count) as bigint) as repeat_count,
        sum(bands.order_count * calm_bands.repeat_rate)::double
            / sum(bands.order_count) filter (where calm_bands.value_band is not null)
            as matched_repeat_rate
    from bands
    left join calm_bands on bands.value_band = calm_bands.value_band
    group by bands.resolution

)

select
    resolution,
    order_count,
    repeat_count,
    repeat_count::double / order_count as repeat_rate,
    {{ wilson_low('repeat_count', 'order_count') }} as repeat_rate_low,
    {{ wilson_high('repeat_count', 'order_count') }} as repeat_rate_high,
    matched_repeat_rate,
    repeat_count::double / order_count - matched_repeat_rate as rate_difference
from compared
