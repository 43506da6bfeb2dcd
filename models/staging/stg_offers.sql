with store_offers as (

    select * from {{ ref('store_offers') }}
    where trim(offer_id) <> ''
    qualify {{ version_rank('trim(offer_id)', 'offer_type, value, min_order, max_discount') }} = 1

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
