with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and open_cart_id is not null


),

browsing as (

    select
        *,
        {{ local_date('last_exit_intent_at') }} as last_exit_intent_on
    from {{ ref('customer_browsing') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    concat('left_at_', customers.open_cart_stage) as reason,
    {{ as_of() }} as as_of,
    customers.open_cart_stage as stage,
    browsing.last_exit_intent_on
from customers
left join browsing on customers.customer_id = browsing.customer_id
where browsing.last_exit_intent_on is null
    or date_diff('day', browsing.last_exit_intent_on, {{ as_of_on() }})
    > {{ var('exit_intent_quiet_days') }}
