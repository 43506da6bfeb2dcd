with products as (

    select * from {{ ref('stg_products') }}

),

product_variants as (

    select * from {{ ref('stg_product_variants') }}

),

sold_items as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and not is_gift_card

),

list_prices as (

    select
        product_id,
        min(price) as list_price,
        -- a shop that counts no stock sells what it lists
        coalesce(bool_or(inventory_quantity > 0), true) as is_in_stock,
        coalesce(sum(greatest(inventory_quantity, 0)), 0) as inventory_quantity
    from product_variants
    group by product_id

),

-- where no price is listed, what was last asked
last_prices as (

    select
        product_id,
        max_by(unit_price, (ordered_at, order_item_id)) as last_price
    from sold_items
    where unit_price > 0
    group by product_id

)

select
    products.product_id,
    coalesce(list_prices.list_price, last_prices.last_price) as price,
    coalesce(list_prices.is_in_stock, true)
    and coalesce(products.status, 'active') = 'active'
    and products.sensitive_category is null as is_offerable
from products
left join list_prices on products.product_id = list_prices.product_id
left join last_prices on products.product_id = last_prices.product_id
