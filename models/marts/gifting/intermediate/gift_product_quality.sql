with products as (

    select * from {{ ref('stg_products') }}

),

variants as (

    select product_id, inventory_quantity from {{ ref('stg_product_variants') }}
    where inventory_quantity is not null

),

sold_items as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and not is_gift_card
        and product_id is not null

),

reviews as (

    select product_id, rating from {{ ref('stg_reviews') }}
    where rating is not null

),

sales as (

    select
        product_id,
        cast(sum(quantity) as bigint) as units_sold,
        sum(refunded_quantity)::double / nullif(sum(quantity), 0) as refund_share
    from sold_items
    group by product_id

),

ratings as (

    select
        product_id,
        count(*) as review_count,
        sum(rating)::double / count(*) as mean_rating
    from reviews
    group by product_id

),

rated_shop as (

    select count(*) > 0 as has_reviews from reviews

),

stocks as (

    select
        product_id,
        sum(inventory_quantity) as inventory_quantity
    from variants
    group by product_id

)

select
    products.product_id,
    coalesce(sales.units_sold, 0) as units_sold,
    sales.refund_share,
    coalesce(ratings.review_count, 0) as review_count,
    ratings.mean_rating,
    coalesce(products.gift_suitable, true)
        and products.sensitive_category is null
        and coalesce(products.status, 'active') = 'active'
        and coalesce(stocks.inventory_quantity > 0, true) as is_recommendable,
    -- without any reviews in the shop, few returns must do
    coalesce(sales.units_sold, 0) >= {{ var('gift_safe_min_units') }}
        and coalesce(
            sales.refund_share <= cast({{ var('gift_safe_max_refund_share') }} as double), false
        )
        and (
            not rated_shop.has_reviews
            or (
                coalesce(ratings.review_count, 0) >= {{ var('gift_safe_min_reviews') }}
                and ratings.mean_rating >= cast({{ var('gift_safe_min_rating') }} as double)
            )
        ) as is_safe
from products
cross join rated_shop
left join sales on products.product_id = sales.product_id
left join ratings on products.product_id = ratings.product_id
left join stocks on products.product_id = stocks.product_id
