with counter_orders as (

    select * from {{ ref('order_facts') }}
    where channel = 'pos' and customer_id is not null

),

offline_consents as (

    select * from {{ ref('customer_consents') }}
    where purpose = 'offline_tracking'

),

choices as (

    select
        customer_id,
        bool_and(is_granted) as is_granted
    from offline_consents
    group by customer_id

)

select counter_orders.order_id
from counter_orders
left join choices on counter_orders.customer_id = choices.customer_id
where not coalesce(choices.is_granted, false)
