with orders as (

    select * from {{ ref('stg_orders') }}

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

guests as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'guest'

),

offline_choices as (

    select * from {{ ref('offline_choices') }}

),

owned_orders as (

    select
        orders.order_id,
        coalesce(accounts.customer_id, guests.customer_id) as customer_id,
        orders.channel is not distinct from 'pos' as is_offline,
        orders.is_test or coalesce(accounts.is_test, false) as is_test
    from orders
    left join accounts on orders.customer_id = accounts.source_id
    left join guests
        on orders.order_id = guests.source_id
        and orders.customer_id is null

)

select
    owned_orders.order_id,
    -- bought in a shop of stone: the revenue stays, the person only with their consent
    case
        when not owned_orders.is_offline or offline_choices.is_granted
            then owned_orders.customer_id
    end as customer_id,
    owned_orders.is_test
from owned_orders
left join offline_choices on owned_orders.customer_id = offline_choices.customer_id
