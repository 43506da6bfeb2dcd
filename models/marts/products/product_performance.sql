with kept_items as (

    select * from {{ ref('kept_items') }}

),

customer_products as (

    select * from {{ ref('customer_products') }}

),

purchase_days as (

    select * from {{ ref('purchase_days') }}

),

products as (

    select * from {{ ref('stg_products') }}

),

sales as (

    select
        product_id,
        count(*) as order_count,
        count(customer_id) filter (where is_first_order) as first_order_count,
        sum(quantity) as units,
        sum(net_revenue) as net_revenue,
        sum(margin) as margin,
        min(ordered_on) as first_sold_on,
        max(ordered_on) as last_sold_on
    from kept_items
    group by product_id

),

next_days as (

    select
        customer_id,
        purchased_on,
        lead(purchased_on) over (
            partition by customer_id order by purchased_on
        ) as next_purchased_on
    from purchase_days

),

-- who bought it too lately had no time to come back: neither a return nor a failure
returns as (

    select
        customer_products.product_id,
        count(*) as customer_count,
        count(*) filter (
            where date_diff('day', customer_products.first_purchased_on, {{ as_of_on() }})
                >= {{ var('product_repeat_window_days') }}
        ) as mature_customer_count,
        count(*) filter (
            where date_diff('day', customer_products.first_purchased_on, {{ as_of_on() }})
                >= {{ var('product_repeat_window_days') }}
                and date_diff(
                    'day', customer_products.first_purchased_on, next_days.next_purchased_on
                ) <= {{ var('product_repeat_window_days') }}
        ) as returned_customer_count
    from customer_products
    left join next_days
        on customer_products.customer_id = next_days.customer_id
        and customer_products.first_purchased_on = next_days.purchased_on
    group by customer_products.product_id

)

select
    sales.product_id,
    products.title,
    products.category_path,
    products.status,
    sales.order_count,
    sales.first_order_count,
    sales.units,
    sales.net_revenue,
    sales.margin,
    coalesce(returns.customer_count, 0) as customer_count,
    coalesce(returns.mature_customer_count, 0) as mature_customer_count,
    coalesce(returns.returned_customer_count, 0) as returned_customer_count,
    cast(sales.margin as double) / nullif(cast(sales.net_revenue as double), 0) as margin_rate,
    cast(sales.first_order_count as double) / nullif(sales.order_count, 0) as first_order_share,
    cast(returns.returned_customer_count as double)
        / nullif(returns.mature_customer_count, 0) as repeat_rate,
    {{ wilson_low('returns.returned_customer_count', 'returns.mature_customer_count') }}
        as repeat_rate_low,
    {{ wilson_high('returns.returned_customer_count', 'returns.mature_customer_count') }}
        as repeat_rate_high,
    row_number() over (order by sales.units desc, sales.product_id) as units_rank,
    row_number() over (order by sales.net_revenue desc, sales.product_id) as revenue_rank,
    row_number() over (order by sales.margin desc, sales.product_id) as margin_rank,
    row_number() over (
        order by sales.first_order_count desc, sales.product_id
    ) as first_order_rank,
    sales.first_sold_on,
    sales.last_sold_on
from sales
left join products on sales.product_id = products.product_id
left join returns on sales.product_id = returns.product_id
