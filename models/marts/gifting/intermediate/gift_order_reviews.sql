with gift_orders as (

    select order_id, customer_id, ordered_on from {{ ref('gift_orders') }}
    where is_gift_order

),

reviews as (

    select
        review_id,
        customer_id as account_id,
        product_id,
        order_id,
        rating,
        {{ local_date('created_at') }} as created_on
    from {{ ref('stg_reviews') }}

),

account_owners as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

bought_products as (

    select order_id, product_id from {{ ref('order_item_facts') }}
    where product_id is not null
    group by order_id, product_id

),

-- a review that names no order is about the last gift order of that person that had the product
guesses as (

    select
        reviews.review_id,
        gift_orders.order_id,
        row_number() over (
            partition by reviews.review_id
            order by gift_orders.ordered_on desc, gift_orders.order_id desc
        ) as recency_rank
    from reviews
    inner join account_owners on reviews.account_id = account_owners.source_id
    inner join gift_orders
        on account_owners.customer_id = gift_orders.customer_id
        and reviews.created_on >= gift_orders.ordered_on
    inner join bought_products
        on gift_orders.order_id = bought_products.order_id
        and reviews.product_id = bought_products.product_id
    where reviews.order_id is null

)

select
    reviews.review_id,
    gift_orders.order_id,
    reviews.product_id,
    reviews.rating,
    reviews.created_on
from reviews
left join guesses on reviews.review_id = guesses.review_id and guesses.recency_rank = 1
inner join gift_orders on coalesce(reviews.order_id, guesses.order_id) = gift_orders.order_id
