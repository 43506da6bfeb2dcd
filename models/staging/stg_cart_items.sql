with store_cart_items as (

    select * from {% call latest_versions(
        ref('store_cart_items'),
        'trim(cart_item_id)',
        'cart_id, product_id, variant_id, quantity, unit_price'
    ) %}
        trim(cart_item_id) <> ''
    {% endcall %} as store_cart_items

)

select
    {{ clean('cart_item_id') }} as cart_item_id,
    {{ clean('cart_id') }} as cart_id,
    {{ clean('product_id') }} as product_id,
    {{ clean('variant_id') }} as variant_id,
    quantity,
    unit_price
from store_cart_items
