-- The canonical cart items. One row per cart_item_id.
select
    'KI' || cart_line_key as cart_item_id,
    'K' || visit_key as cart_id,
    product_id,
    variant_id,
    cast(quantity as integer) as quantity,
    unit_price,
    {{ loaded_after('started_at') }} as _loaded_at
from {{ ref('cart_lines') }}
