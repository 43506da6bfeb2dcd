with first_orders as (

    select * from {{ ref('order_facts') }}
    where is_first_order

),

sold_lines as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and product_id is not null
        and not is_gift_card
        and not is_warranty

),

first_purchases as (

    select * from {{ ref('first_purchases') }}

),

reviews as (

    select * from {{ ref('stg_reviews') }}
    where rating is not null

),

windows as (

    select unnest([{{ var('repeat_windows_days') | join(', ') }}]) as window_days

),

first_products as (

    select
        sold_lines.product_id,
        first_orders.customer_id
    from first_orders
    inner join sold_lines on first_orders.order_id = sold_lines.order_id
    group by sold_lines.product_id, first_orders.customer_id

),

product_refunds as (

    select
        product_id,
        sum(refunded_quantity)::double / nullif(sum(quantity), 0) as refund_rate
    from sold_lines
    group by product_id

),

product_ratings as (

    select
        product_id,
        count(*) as review_count,
        sum(rating)::double / count(*) as mean_rating
    from reviews
    group by product_id

),

-- only customers who had the whole window
counts as (

    select
        first_products.product_id,
        windows.window_days,
        count(*) as first_customer_count,
        count(*) filter (
            where first_purchases.days_since_first_purchase >= windows.window_days
        ) as mature_customer_count,
        count(*) filter (
            where first_purchases.days_since_first_purchase >= windows.window_days
                and first_purchases.days_to_second_purchase <= windows.window_days
        ) as repeat_customer_count
    from first_products
    inner join first_purchases on first_products.customer_id = first_purchases.customer_id
    cross join windows
    group by first_products.product_id, windows.window_days

),

judged as (

    select
        *,
        case
            when mature_customer_count >= {{ var('first_product_min_customers') }}
                then mature_customer_count
        end as judged_customer_count
    from counts

)

select
    judged.product_id,
    judged.window_days,
    judged.first_customer_count,
    judged.mature_customer_count,
    judged.repeat_customer_count,
    judged.repeat_customer_count::double / judged.judged_customer_count as repeat_rate,
    {{ wilson_low('judged.repeat_customer_count', 'judged.judged_customer_count') }}
        as repeat_rate_low,
    {{ wilson_high('judged.repeat_customer_count', 'judged.judged_customer_count') }}
        as repeat_rate_high,
    product_refunds.refund_rate,
    coalesce(product_ratings.review_count, 0) as review_count,
    product_ratings.mean_rating
from judged
left join product_refunds on judged.product_id = product_refunds.product_id
left join product_ratings on judged.product_id = product_ratings.product_id
