with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

-- who complains very often is looked at by a person first
complaints as (

    select * from {{ ref('customer_complaints') }}
    where days_since_last_news <= {{ var('apology_window_days') }}
        and complaints_180d <= {{ var('apology_max_claims') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    case when complaints.has_open_complaint then 'complaint_open' else 'complaint_settled' end
        as reason,
    {{ as_of() }} as as_of,
    complaints.complaints_180d,
    complaints.days_since_last_news
from customers
inner join complaints on customers.customer_id = complaints.customer_id
