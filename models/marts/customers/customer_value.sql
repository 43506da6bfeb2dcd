with orders as (

    select
        *,
        date_diff('day', ordered_on, {{ as_of_on() }}) as days_ago
    from {{ ref('order_facts') }}
    where customer_id is not null
        and is_valid

),

totals as (

    select
        customer_id,
        -- the weakest basis of any order is the basis of the sum
        case
            when bool_or(margin_basis = 'assumed') then 'assumed'
            when bool_or(margin_basis = 'cost_only') then 'cost_only'
            else 'full'
        end as margin_basis,
        count(*) filter (where counts_in_value) as value_order_count,
        sum(gross_revenue) as gross_revenue,
        sum(gross_revenue - discount_amount) as sold_revenue,
        sum(refunded_amount) as refunded_amount,
        sum(net_revenue) as net_revenue,
        sum(net_revenue) filter (where counts_in_value) as value_revenue,
        sum(net_revenue) filter (where counts_in_value and is_full_price) as full_price_revenue,
        median(net_revenue) filter (where counts_in_value) as median_order_value,
        sum(margin) as margin,
        sum(net_revenue) filter (
            where days_ago <= {{ var('spend_window_days') }}
        ) as net_revenue_180d,
        sum(net_revenue) filter (
            where days_ago > {{ var('spend_window_days') }}
                and days_ago <= 2 * {{ var('spend_window_days') }}
        ) as net_revenue_prior_180d,
        sum(net_revenue) filter (
            where days_ago <= {{ var('frequency_window_days') }}
        ) as net_revenue_365d,
        sum(margin) filter (
            where days_ago <= {{ var('frequency_window_days') }}
        ) as margin_365d
    from orders
    group by customer_id

)

select
    customer_id,
    margin_basis,
    value_order_count,
    gross_revenue,
    refunded_amount,
    net_revenue,
    margin,
    margin as historic_clv,
    coalesce(value_revenue, 0) as value_revenue,
    cast(value_revenue as double) / nullif(value_order_count, 0) as aov,
    cast(median_order_value as double) as median_order_value,
    cast(margin as double) / nullif(cast(net_revenue as double), 0) as gross_margin_rate,
    cast(coalesce(full_price_revenue, 0) as double)
        / nullif(cast(value_revenue as double), 0) as full_price_share,
    cast(refunded_amount as double) / nullif(cast(sold_revenue as double), 0) as refund_rate,
    coalesce(net_revenue_180d, 0) as net_revenue_180d,
    coalesce(net_revenue_prior_180d, 0) as net_revenue_prior_180d,
    coalesce(net_revenue_365d, 0) as net_revenue_365d,
    coalesce(margin_365d, 0) as margin_365d
from totals
