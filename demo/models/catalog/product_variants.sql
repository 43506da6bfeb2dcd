-- The canonical product variants. One row per variant_id.
select
    variant_id,
    product_id,
    sku,
    price,
    unit_cost,
    size_system,
    size_value,
    inventory_quantity,
    {{ closes_at() }} + interval 3 hour as _loaded_at
from {{ ref('shop_variants') }}
