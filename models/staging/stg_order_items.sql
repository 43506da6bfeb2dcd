with store_order_items as (

    select * from {% call latest_versions(
        ref('store_order_items'),
        'trim(order_item_id)',
        'order_id, product_id, variant_id, quantity, unit_price, discount_amount'
    ) %}
        trim(order_item_id) <> ''
    {% endcall %} as store_order_items

)

select
    {{ clean('order_item_id') }} as order_item_id,
    {{ clean('order_id') }} as order_id,
    {{ clean('product_id') }} as product_id,
    {{ clean('variant_id') }} as variant_id,
    {{ clean('sku') }} as sku,
    {{ clean('title') }} as title,
    quantity,
    unit_price,
    discount_amount,
    tax_amount,
    unit_cost,
    coalesce(is_gift_card, false) as is_gift_card,
    coalesce(is_warranty, false) as is_warranty,
    requires_shipping
from store_order_items
