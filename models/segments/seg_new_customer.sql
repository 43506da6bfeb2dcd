with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'new_customer'

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
    customers.net_revenue,
    customers.first_ordered_on
from members
inner join customers on members.customer_id = customers.customer_id
