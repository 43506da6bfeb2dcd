with customers as (

    select * from {{ ref('customers') }}

),

orders as (

    select * from {{ ref('order_facts') }}
    where order_sequence is not null

),

first_purchases as (

    -- won in the year that ended when the horizon began: all had the whole horizon
    select * from {{ ref('first_purchases') }}
    where days_since_first_purchase >= {{ var('break_even_horizon_days') }}
        and days_since_first_purchase < 2 * {{ var('break_even_horizon_days') }}

)

select
    first_purchases.customer_id,
    customers.acquisition_channel,
    sum(orders.margin) filter (where orders.is_first_order) as first_margin,
    coalesce(sum(orders.margin) filter (where not orders.is_first_order), 0) as repeat_margin,
    count(*) filter (where not orders.is_first_order) as repeat_order_count
from first_purchases
inner join customers on first_purchases.customer_id = customers.customer_id
inner join orders
    on first_purchases.customer_id = orders.customer_id
    and date_diff('day', first_purchases.first_purchased_on, orders.ordered_on)
    <= {{ var('break_even_horizon_days') }}
group by first_purchases.customer_id, customers.acquisition_channel
