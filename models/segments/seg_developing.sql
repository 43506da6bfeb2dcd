with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'developing'

),

customers as (

    select * from {{ ref('customer_360') }}

)

select
    members.customer_id,
    members.score,
    members.reason,
    members.as_of,
    members.sub_state,
    customers.aov,
    customers.orders_365d
from members
inner join customers on members.customer_id = customers.customer_id
