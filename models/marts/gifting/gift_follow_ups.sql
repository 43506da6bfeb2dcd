with gift_orders as (

    select * from {{ ref('gift_orders') }}
    where is_gift_order

),

arrived_orders as (

    select
        order_id,
        delivery_basis,
        {{ local_date('delivered_at') }} as delivered_on
    from {{ ref('order_facts') }}
    where delivered_at is not null

),

experiences as (

    select * from {{ ref('gift_order_experiences') }}
    where not has_complaint
        and not has_refund

),

gift_items as (

    select * from {{ ref('gift_order_items') }}

),

ranked_items as (

    select
        order_id,
        product_id,
        category,
        row_number() over (
            partition by order_id
            order by net_revenue desc, order_item_id
        ) as value_rank
    from gift_items

),

arrived_gifts as (

    select
        gift_orders.order_id,
        gift_orders.customer_id,
        ranked_items.product_id,
        ranked_items.category,
        arrived_orders.delivery_basis,
        experiences.review_count,
        date_diff('day', arrived_orders.delivered_on, {{ as_of_on() }}) as days_since_delivery,
        arrived_orders.delivered_on
    from gift_orders
    inner join experiences on gift_orders.order_id = experiences.order_id
    inner join arrived_orders on gift_orders.order_id = arrived_orders.order_id
    inner join ranked_items
        on gift_orders.order_id = ranked_items.order_id
        and ranked_items.value_rank = 1

),

follow_ups as (

    select *, 'feedback' as follow_up from arrived_gifts
    where days_since_delivery
        between {{ var('post_delivery_min_days') }} and {{ var('post_delivery_max_days') }}
    union all
    select *, 'self_purchase' as follow_up from arrived_gifts
    where days_since_delivery
        between {{ var('post_delivery_min_days') }} and {{ var('post_delivery_max_days') }}
    union all
    select *, 'testimonial' as follow_up from arrived_gifts
    where review_count = 0
        and days_since_delivery between {{ var('gift_review_request_min_days') }}
        and {{ var('gift_review_request_max_days') }}

)

select
    order_id,
    follow_up,
    customer_id,
    product_id,
    category,
    delivery_basis,
    days_since_delivery,
    delivered_on
from follow_ups
