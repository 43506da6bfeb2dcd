with store_product_variants as (

    select * from {% call latest_versions(
        ref('store_product_variants'),
        'trim(variant_id)',
        'product_id, sku, price, unit_cost, size_system, size_value'
    ) %}
        trim(variant_id) <> ''
    {% endcall %} as store_product_variants

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
