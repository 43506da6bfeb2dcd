with gift_orders as (

    select order_id from {{ ref('gift_orders') }}
    where is_gift_order

),

orders as (

    select order_id, refunded_amount from {{ ref('order_facts') }}

),

complaints as (

    select * from {{ ref('order_complaints') }}

),

ratings as (

    select
        order_id,
        min(rating) as lowest_rating,
        count(*) as review_count
    from {{ ref('gift_order_reviews') }}
    group by order_id

),

experiences as (

    select
        gift_orders.order_id,
        ratings.lowest_rating,
        coalesce(ratings.review_count, 0) as review_count,
        complaints.order_id is not null as has_complaint,
        coalesce(orders.refunded_amount > 0, false) as has_refund
    from gift_orders
    inner join orders on gift_orders.order_id = orders.order_id
    left join complaints on gift_orders.order_id = complaints.order_id
    left join ratings on gift_orders.order_id = ratings.order_id

)

select
    order_id,
    lowest_rating,
    review_count,
    has_complaint,
    has_refund,
    not has_complaint
        and not has_refund
        and coalesce(lowest_rating > {{ var('low_rating_max_stars') }}, true) as is_good
from experiences
