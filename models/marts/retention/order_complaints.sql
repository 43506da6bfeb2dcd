with complaints as (

    select * from {{ ref('stg_support_tickets') }}
    where is_complaint
        and order_id is not null

)

select
    order_id,
    count(*) as complaint_count,
    count(*) = count(resolved_at) as is_resolved,
    min(created_at) as first_complaint_at,
    max(resolved_at) as last_resolved_at
from complaints
group by order_id
