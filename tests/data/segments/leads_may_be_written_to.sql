with leads as (

    select * from {{ ref('seg_lead') }}

),

customers as (

    select * from {{ ref('customer_360') }}

)

select leads.customer_id
from leads
inner join customers on leads.customer_id = customers.customer_id
where not (customers.may_email or customers.may_sms)
    or customers.valid_order_count > 0
