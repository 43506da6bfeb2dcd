with orders as (

    select * from {{ ref('order_facts') }}
    where is_valid
        and customer_id is not null

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

customer_complaints as (

    select * from {{ ref('customer_complaints') }}

),

reviews as (

    select * from {{ ref('stg_reviews') }}
    where rating <= {{ var('low_rating_max_stars') }}

),

order_item_facts as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and not is_gift_card

),

product_prices as (

    select * from {{ ref('product_prices') }}

),

last_orders as (

    select
        *,
        row_number() over (
            partition by customer_id order by ordered_at desc, order_id
        ) as recency_rank
    from orders
    qualify recency_rank = 1

),

bad_reviews as (

    select
        accounts.customer_id,
        max({{ local_date('reviews.created_at') }}) as reviewed_on
    from reviews
    inner join accounts on reviews.customer_id = accounts.source_id
    group by accounts.customer_id

),

-- what they bought last, as the shop offers it today
last_products as (

    select
        order_item_facts.order_id,
        bool_and(not coalesce(product_prices.is_offerable, true)) as is_all_gone,
        bool_or(
            product_prices.price
            >= order_item_facts.unit_price * (1 + {{ var('price_increase_min_share') }})
        ) as is_dearer
    from order_item_facts
    left join product_prices on order_item_facts.product_id = product_prices.product_id
    where order_item_facts.unit_price > 0
    group by order_item_facts.order_id

)

select
    last_orders.customer_id,
    last_orders.order_id as last_order_id,
    case
        when not last_orders.delivered_on_time then 'late_delivery'
        when last_orders.refunded_amount > 0 then 'refunded'
        when customer_complaints.last_complained_on >= last_orders.ordered_on then 'complaint'
        when bad_reviews.reviewed_on >= last_orders.ordered_on then 'low_rating'
        when last_products.is_all_gone then 'out_of_stock'
        when last_products.is_dearer then 'price_increase'
        else 'unknown_reason'
    end as probable_reason,
    last_orders.days_late,
    last_orders.ordered_on as last_ordered_on
from last_orders
left join customer_complaints on last_orders.customer_id = customer_complaints.customer_id
left join bad_reviews on last_orders.customer_id = bad_reviews.customer_id
left join last_products on last_orders.order_id = last_products.order_id
