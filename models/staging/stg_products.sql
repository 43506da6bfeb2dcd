with store_products as (

    select * from {% call latest_versions(
        ref('store_products'),
        'trim(product_id)',
        'title, category_path, brand, status, sensitive_category'
    ) %}
        trim(product_id) <> ''
    {% endcall %} as store_products

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
