with store_offers as (

    select * from {% call latest_versions(
        ref('store_offers'), 'trim(offer_id)', 'offer_type, value, min_order, max_discount'
    ) %}
        trim(offer_id) <> ''
    {% endcall %} as store_offers

)

select
    {{ clean('offer_id') }} as offer_id,
    {{ lower_code('offer_type') }} as offer_type,
    value,
    min_order,
    max_discount,
    valid_hours,
    unit_cost_estimate,
    stackable
from store_offers
