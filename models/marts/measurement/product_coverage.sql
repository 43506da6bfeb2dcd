with products as (

    select * from {{ ref('stg_products') }}

),

product_variants as (

    select * from {{ ref('stg_product_variants') }}

),

order_gift_options as (

    select * from {{ ref('stg_order_gift_options') }}

),

gift_cards as (

    select * from {{ ref('stg_gift_cards') }}

),

reviews as (

    select * from {{ ref('stg_reviews') }}

),

product_counts as (

    select
        count(*) as row_count,
        count(category_path) as categories_count,
        count(target_gender) as target_genders_count,
        count(replenishment_days) as replenishment_times_count
    from products

)

select
    'categories' as capability,
    row_count,
    categories_count as known_count
from product_counts

union all

select
    'target_genders' as capability,
    row_count,
    target_genders_count as known_count
from product_counts

union all

select
    'replenishment_times' as capability,
    row_count,
    replenishment_times_count as known_count
from product_counts

union all

select
    'sizes' as capability,
    count(*) as row_count,
    count(size_value) as known_count
from product_variants

union all

select
    'gift_options' as capability,
    count(*) as row_count,
    count(*) as known_count
from order_gift_options

union all

select
    'gift_cards' as capability,
    count(*) as row_count,
    count(*) as known_count
from gift_cards

union all

select
    'reviews' as capability,
    count(*) as row_count,
    count(*) as known_count
from reviews
