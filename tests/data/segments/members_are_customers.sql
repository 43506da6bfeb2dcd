with members as (

    select * from {{ ref('segment_membership') }}

),

customers as (

    select * from {{ ref('customer_360') }}
    where may_profile

)

select members.*
from members
left join customers on members.customer_id = customers.customer_id
where customers.customer_id is null
