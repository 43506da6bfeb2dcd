with orders as (

    select
        *,
        {{ local_date('promised_delivery_at') }} as promised_on
    from {{ ref('order_facts') }}
    where days_late is not null

),

complaints as (

    select
        *,
        {{ local_date('first_complaint_at') }} as first_complained_on
    from {{ ref('order_complaints') }}

),

-- the first day on which the rule sees a parcel that has not arrived
judged_orders as (

    select
        {{ month_of('orders.promised_on') }} as month_on,
        orders.days_late,
        orders.days_late > {{ var('late_grace_days') }} as is_late,
        complaints.order_id is not null as is_complained,
        coalesce(
            date_diff('day', orders.promised_on, complaints.first_complained_on)
            <= {{ var('late_grace_days') }},
            false
        ) as is_complained_before
    from orders
    left join complaints on orders.order_id = complaints.order_id

)

select
    month_on,
    count(*) as promised_count,
    count(*) filter (where is_late) as late_count,
    count(*) filter (where is_late)::double / count(*) as late_share,
    median(days_late) filter (where is_late) as median_days_late,
    count(*) filter (where is_late and is_complained) as complained_count,
    count(*) filter (where is_late and is_complained_before) as complained_before_count,
    1 - count(*) filter (where is_late and is_complained_before)::double
        / nullif(count(*) filter (where is_late and is_complained), 0)
        as found_before_complaint_share
from judged_orders
group by month_on
