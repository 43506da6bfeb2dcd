-- Every variant that can be bought. Variants are numbered from 1 in the order of their size.
-- One row per product_no, variant_no.
with shop_products as (

    select * from {{ ref('shop_products') }}

),

sizes as (

    select * from {{ ref('sizes') }}

),

numbered as (

    select
        shop_products.product_no,
        shop_products.title,
        shop_products.category_code,
        shop_products.price,
        shop_products.unit_cost,
        shop_products.size_system,
        sizes.size_values,
        unnest(range(1, case
            when shop_products.size_system is not null then len(sizes.size_values)
            when shop_products.product_no >= 9000 then 1
            else 2
        end + 1)) as variant_no
    from shop_products
    left join sizes on shop_products.size_system = sizes.size_system

)

select
    product_no,
    variant_no,
    'P' || lpad(product_no::varchar, 5, '0') as product_id,
    'P' || lpad(product_no::varchar, 5, '0') || '-' || variant_no as variant_id,
    case category_code
        when 'gift_wrap' then 'GIFT-WRAP-' || product_no
        when 'gift_card' then 'GIFT-CARD-' || product_no
        when 'warranty' then 'WARRANTY-' || product_no
        else upper(left(category_code, 3)) || '-' || product_no || '-' || variant_no
    end as sku,
    title,
    category_code,
    price,
    unit_cost,
    size_system,
    size_values[variant_no] as size_value,
    cast(case when category_code in ('gift_card', 'warranty') then null
        else {{ pick('product_no * 20 + variant_no', 'stock',
            400) }} end as integer) as inventory_quantity
from numbered
