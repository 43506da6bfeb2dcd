with store_fulfillments as (

    select * from {% call latest_versions(
        ref('store_fulfillments'),
        'trim(fulfillment_id)',
        'delivered_at desc nulls last, shipped_at desc nulls last, order_id, carrier'
    ) %}
        trim(fulfillment_id) <> ''
    {% endcall %} as store_fulfillments

)

select
    {{ clean('fulfillment_id') }} as fulfillment_id,
    {{ clean('order_id') }} as order_id,
    {{ lower_code('status') }} as status,
    {{ lower_code('carrier') }} as carrier,
    {{ until_as_of('shipped_at') }} as shipped_at,
    promised_ship_at,
    promised_delivery_at,
    estimated_delivery_at,
    {{ until_as_of('delivered_at') }} as delivered_at
from store_fulfillments
