with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'lapsed'

),

customers as (

    select * from {{ ref('customer_360') }}

)

select
    members.customer_id,
    members.score,
    members.reason,
    members.as_of,
    customers.activity_state,
    customers.days_since_last_order,
    customers.expected_interval_days
from members
inner join customers on members.customer_id = customers.customer_id
