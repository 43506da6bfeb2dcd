with tickets as (

    select * from {{ ref('stg_support_tickets') }}
    where is_complaint

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

orders as (

    select * from {{ ref('order_facts') }}

)

select
    tickets.ticket_id,
    coalesce(accounts.customer_id, orders.customer_id) as customer_id,
    {{ local_date('tickets.created_at') }} as created_on,
    {{ local_date('tickets.resolved_at') }} as resolved_on
from tickets
left join accounts on tickets.customer_id = accounts.source_id
left join orders on tickets.order_id = orders.order_id
-- a complaint belongs to who wrote it, or else to whose order it is about
where coalesce(accounts.customer_id, orders.customer_id) is not null
