select
    late.customer_id,
    late.claimed_on_time_rate
from {{ ref('seg_late_shipment_open') }} as late
cross join {{ ref('delivery_punctuality') }} as punctuality
where late.claimed_on_time_rate is not null
    and not punctuality.may_claim_punctuality
