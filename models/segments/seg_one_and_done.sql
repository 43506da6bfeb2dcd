with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and valid_order_count = 1
        and activity_state = 'lapsed'

),

leaving_reasons as (

    select * from {{ ref('customer_leaving_reasons') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    'never_came_back' as reason,
    {{ as_of() }} as as_of,
    customers.days_since_last_order,
    leaving_reasons.probable_reason,
    leaving_reasons.last_order_id
from customers
left join leaving_reasons on customers.customer_id = leaving_reasons.customer_id
