with last_orders as (

    select * from {{ ref('last_orders') }}

),

last_order_items as (

    select * from {{ ref('last_order_items') }}

),

complaints as (

    select * from {{ ref('complaints') }}

),

low_ratings as (

    select * from {{ ref('low_ratings') }}

),

product_prices as (

    select * from {{ ref('product_prices') }}

),

last_complaints as (

    select
        customer_id,
        max(created_on) as last_complained_on
    from complaints
    group by customer_id

),

-- what they bought last, as the shop offers it today
last_products as (

    select
        last_order_items.order_id,
        bool_and(not coalesce(product_prices.is_offerable, true)) as is_all_gone,
        bool_or(
            product_prices.price
            >= last_order_items.unit_price * (1 + {{ var('price_increase_min_share') }})
        ) as is_dearer
    from last_order_items
    left join product_prices on last_order_items.product_id = product_prices.product_id
    group by last_order_items.order_id

)

select
    last_orders.customer_id,
    last_orders.order_id as last_order_id,
    case
        when not last_orders.delivered_on_time then 'late_delivery'
        when last_orders.refunded_amount > 0 then 'refunded'
        when last_complaints.last_complained_on >= last_orders.ordered_on then 'complaint'
        when low_ratings.last_reviewed_on >= last_orders.ordered_on then 'low_rating'
        when last_products.is_all_gone then 'out_of_stock'
        when last_products.is_dearer then 'price_increase'
        else 'unknown_reason'
    end as probable_reason,
    last_orders.days_late,
    last_orders.ordered_on as last_ordered_on
from last_orders
left join last_complaints on last_orders.customer_id = last_complaints.customer_id
left join low_ratings on last_orders.customer_id = low_ratings.customer_id
left join last_products on last_orders.order_id = last_products.order_id
