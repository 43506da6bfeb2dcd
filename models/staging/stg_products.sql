with store_products as (

    select * from {{ ref('store_products') }}
    where trim(product_id) <> ''
    qualify {{ version_rank(
        'trim(product_id)',
        'title, category_path, brand, status, sensitive_category'
    ) }} = 1

)

select
    {{ clean('product_id') }} as product_id,
    {{ clean('title') }} as title,
    {{ clean('category_path') }} as category_path,
    {{ clean('brand') }} as brand,
    {{ lower_code('target_gender') }} as target_gender,
    {{ lower_code('age_group') }} as age_group,
    {{ lower_code('sensitive_category') }} as sensitive_category,
    {{ lower_code('status') }} as status,
    replenishment_days,
    coalesce(is_consumable, false) as is_consumable,
    gift_suitable,
    warranty_eligible,
    launched_at
from store_products
