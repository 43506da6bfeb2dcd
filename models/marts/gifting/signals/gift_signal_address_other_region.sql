with gift_shipments as (

    select * from {{ ref('gift_shipments') }}
    where is_other_region and not is_other_person

)

select
    customer_id,
    order_id,
    'address_other_region' as signal_code,
    'other_region' as detail,
    ordered_on as occurred_on,
    ordered_at as occurred_at
from gift_shipments
