select
    payment_id,
    repair_id,
    kind,
    {{ cents_to_units('amount_cents') }} as amount,
    paid_on
from {{ ref('raw_payments') }}
