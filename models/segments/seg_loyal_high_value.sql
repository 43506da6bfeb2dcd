with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'loyal_high_value'

),

customers as (

    select * from {{ ref('customer_360') }}

)

select
    members.customer_id,
    members.score,
    members.reason,
    members.as_of,
    customers.aov,
    customers.orders_365d,
    customers.full_price_share,
    customers.historic_clv
from members
inner join customers on members.customer_id = customers.customer_id
