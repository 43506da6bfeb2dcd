with store_refund_items as (

    select * from {% call latest_versions(
        ref('store_refund_items'),
        'trim(refund_item_id)',
        'refund_id, order_item_id, quantity, amount'
    ) %}
        trim(refund_item_id) <> ''
    {% endcall %} as store_refund_items

)

select
    {{ clean('refund_item_id') }} as refund_item_id,
    {{ clean('refund_id') }} as refund_id,
    {{ clean('order_item_id') }} as order_item_id,
    {{ lower_code('restock_type') }} as restock_type,
    quantity,
    amount
from store_refund_items
