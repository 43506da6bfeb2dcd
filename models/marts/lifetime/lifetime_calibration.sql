with lifetime_scores as (

    select * from {{ ref('lifetime_scores') }}
    where sample = 'calibration'

),

holdout_days as (

    select * from {{ ref('purchase_days') }}
    where date_diff('day', purchased_on, {{ as_of_on() }}) <= {{ var('lifetime_holdout_days') }}

),

actuals as (

    select
        customer_id,
        count(*) as order_count,
        sum(net_revenue) as net_revenue
    from holdout_days
    group by customer_id

),

ranked_customers as (

    select
        lifetime_scores.*,
        coalesce(actuals.order_count, 0) as actual_orders,
        coalesce(actuals.net_revenue, 0) as actual_revenue,
        ntile(10) over (
            order by lifetime_scores.expected_orders_holdout desc, lifetime_scores.customer_id
        ) as decile
    from lifetime_scores
    left join actuals on lifetime_scores.customer_id = actuals.customer_id

),

deciles as (

    select
        decile,
        count(*) as customer_count,
        sum(cast(expected_orders_holdout as decimal(28, 9))) as expected_orders,
        sum(actual_orders) as actual_orders,
        count(*) filter (where actual_orders > 0) as returned_count,
        sum(cast(p_alive as decimal(28, 9))) filter (where repeat_count > 0) as alive_sum,
        count(*) filter (where repeat_count > 0) as repeat_buyer_count,
        {{ money('sum(cast(expected_orders_holdout * expected_order_value as decimal(28, 9)))') }}
            as expected_revenue,
        sum(actual_revenue) as actual_revenue
    from ranked_customers
    group by decile

)

select
    decile,
    customer_count,
    repeat_buyer_count,
    returned_count,
    cast(expected_orders as double) as expected_orders,
    actual_orders,
    actual_orders / nullif(cast(expected_orders as double), 0) as actual_to_expected_orders,
    cast(alive_sum as double) / nullif(repeat_buyer_count, 0) as mean_p_alive,
    cast(returned_count as double) / nullif(customer_count, 0) as returned_share,
    expected_revenue,
    actual_revenue,
    cast(actual_revenue as double)
        / nullif(cast(expected_revenue as double), 0) as actual_to_expected_revenue
from deciles
