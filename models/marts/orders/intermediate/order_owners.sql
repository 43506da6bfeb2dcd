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

)

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
