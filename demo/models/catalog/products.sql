-- The canonical products. One row per product_id.
select
    'P' || lpad(product_no::varchar, 5, '0') as product_id,
    title,
    category_path,
    brand,
    target_gender,
    age_group,
    replenishment_days is not null as is_consumable,
    cast(replenishment_days as integer) as replenishment_days,
    gift_suitable,
    warranty_eligible,
    sensitive_category,
    cast(launched_at as timestamp) as launched_at,
    status,
    {{ closes_at() }} + interval 3 hour as _loaded_at
from {{ ref('shop_products') }}
