with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

self_addressed_gifts as (

    select * from {{ ref('gift_orders') }}
    where is_unpacked_by_giver
        and date_diff('day', ordered_on, {{ as_of_on() }}) <= {{ var('gift_self_address_days') }}

),

givers as (

    select
        customer_id,
        count(*) as gift_order_count,
        bool_or(has_message) as has_message,
        bool_or(has_wrap) as has_wrap,
        max(ordered_on) as last_gift_ordered_on
    from self_addressed_gifts
    group by customer_id

)

select
    customers.customer_id,
    1.0e0 as score,
    concat_ws(
        ',',
        case when givers.has_message then 'own_address_message' end,
        case when givers.has_wrap then 'own_address_wrap' end
    ) as reason,
    {{ as_of() }} as as_of,
    givers.gift_order_count,
    givers.last_gift_ordered_on
from customers
inner join givers on customers.customer_id = givers.customer_id
