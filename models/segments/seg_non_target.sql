with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'non_target'

),

customers as (

    select * from {{ ref('customer_360') }}

)

select
    members.customer_id,
    members.score,
    members.reason,
    members.as_of,
    customers.days_since_last_order,
    customers.valid_order_count,
    customers.predicted_clv
from members
inner join customers on members.customer_id = customers.customer_id
