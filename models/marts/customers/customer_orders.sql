with orders as (

    select * from {{ ref('order_facts') }}
    where customer_id is not null

),

order_counts as (

    select
        customer_id,
        count(*) as order_count,
        count(*) filter (where is_valid) as valid_order_count,
        count(*) filter (where is_fraud) as fraud_order_count,
        case
            when bool_and(channel is not distinct from 'pos') filter (where is_valid)
                then 'offline'
            when bool_or(channel is not distinct from 'pos') filter (where is_valid) then 'both'
            when count(*) filter (where is_valid) > 0 then 'online'
        end as buys_in,
        count(*) filter (
            where is_valid
                and not is_fully_refunded
                and date_diff('day', ordered_on, {{ as_of_on() }})
                <= {{ var('frequency_window_days') }}
        ) as orders_365d,
        min(ordered_at) filter (where is_valid) as first_ordered_at,
        min(ordered_on) filter (where is_valid) as first_ordered_on,
        max(ordered_at) filter (where is_valid) as last_ordered_at,
        max(ordered_on) filter (where is_valid) as last_ordered_on
    from orders
    group by customer_id

)

select
    customer_id,
    buys_in,
    order_count,
    valid_order_count,
    fraud_order_count,
    orders_365d,
    date_diff('day', last_ordered_on, {{ as_of_on() }}) as days_since_last_order,
    date_diff('day', first_ordered_on, {{ as_of_on() }}) as tenure_days,
    orders_365d >= {{ var('freq_high_min_orders') }} as is_high_frequency,
    valid_order_count = 0 and fraud_order_count > 0 as has_only_fraud,
    first_ordered_at,
    last_ordered_at,
    first_ordered_on,
    last_ordered_on
from order_counts
