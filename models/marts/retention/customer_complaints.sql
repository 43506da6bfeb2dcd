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

),

-- a complaint belongs to who wrote it, or else to whose order it is about
complaints as (

    select
        coalesce(accounts.customer_id, orders.customer_id) as customer_id,
        tickets.resolved_at,
        {{ local_date('tickets.created_at') }} as created_on,
        {{ local_date('tickets.resolved_at') }} as resolved_on
    from tickets
    left join accounts on tickets.customer_id = accounts.source_id
    left join orders on tickets.order_id = orders.order_id

)

select
    customer_id,
    count(*) as complaint_count,
    count(*) filter (
        where date_diff('day', created_on, {{ as_of_on() }})
            <= {{ var('apology_claims_window_days') }}
    ) as complaints_180d,
    date_diff('day', max(greatest(created_on, resolved_on)), {{ as_of_on() }})
        as days_since_last_news,
    bool_or(resolved_at is null) as has_open_complaint,
    max(created_on) as last_complained_on
from complaints
where customer_id is not null
group by customer_id
