with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and {{ returns_a_lot() }}

)

select
    customer_id,
    1.0e0 as score,
    'returns_a_lot' as reason,
    {{ as_of() }} as as_of,
    refund_rate,
    valid_order_count
from customers
