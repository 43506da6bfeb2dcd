with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and {{ months_later('last_ordered_on', var('reengage_months')) }} < {{ as_of_on() }}

)

select
    customer_id,
    1.0e0 as score,
    'silent_for_months' as reason,
    {{ as_of() }} as as_of,
    days_since_last_order,
    last_ordered_on
from customers
