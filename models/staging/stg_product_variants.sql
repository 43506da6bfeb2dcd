with store_product_variants as (

    select * from {{ ref('store_product_variants') }}
    where trim(variant_id) <> ''
    qualify {{ version_rank(
        'trim(variant_id)',
        'product_id, sku, price, unit_cost, size_system, size_value'
    ) }} = 1

)

select
    {{ clean('variant_id') }} as variant_id,
    {{ clean('product_id') }} as product_id,
    {{ clean('sku') }} as sku,
    {{ lower_code('size_system') }} as size_system,
    {{ clean('size_value') }} as size_value,
    price,
    unit_cost,
    inventory_quantity
from store_product_variants
