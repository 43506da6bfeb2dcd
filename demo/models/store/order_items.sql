-- The canonical order items; some repeated by a later load. One row per order_item_id, but for
-- those repeats.
with items as (

    select
        item_key,
        'I' || item_key as order_item_id,
        'O' || order_key as order_id,
        product_id,
        variant_id,
        case when {{ chance('item_key', 'sku_case', 0.01) }} then ' ' || lower(sku) else sku end
            as sku,
        title,
        cast(quantity as integer) as quantity,
        unit_price,
        discount_amount,
        tax_amount,
        case when {{ chance('item_key', 'cost_unknown', 0.03) }} then null else unit_cost end
            as unit_cost,
        category_code = 'gift_card' as is_gift_card,
        category_code = 'warranty' as is_warranty,
        category_code not in ('gift_card', 'warranty') as requires_shipping,
        {{ loaded_after('ordered_at') }} as _loaded_at
    from {{ ref('order_lines') }}

)

{{ with_repeats('items', 'item_key', 'item_repeated', 0.002) }}
