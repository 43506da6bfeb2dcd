with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'prospect_abandoner'

),

customers as (

    select * from {{ ref('customer_360') }}

)

select
    members.customer_id,
    members.score,
    members.reason,
    members.as_of,
    customers.open_cart_stage as stage,
    customers.open_cart_value,
    customers.has_shipping_shock,
    customers.open_cart_abandoned_at as abandoned_at
from members
inner join customers on members.customer_id = customers.customer_id
