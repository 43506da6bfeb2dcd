with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and may_email


),

reachability as (

    select * from {{ ref('customer_reachability') }}
    where not has_phone

)

select
    customers.customer_id,
    1.0e0 as score,
    'phone_unknown' as reason,
    {{ as_of() }} as as_of,
    reachability.reachable_channel_count
from customers
inner join reachability on customers.customer_id = reachability.customer_id
