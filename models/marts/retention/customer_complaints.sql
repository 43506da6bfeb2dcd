select
    customer_id,
    count(*) as complaint_count,
    count(*) filter (
        where date_diff('day', created_on, {{ as_of_on() }})
            <= {{ var('apology_claims_window_days') }}
    ) as complaints_180d,
    date_diff('day', max(greatest(created_on, resolved_on)), {{ as_of_on() }})
        as days_since_last_news,
    bool_or(resolved_on is null) as has_open_complaint,
    max(created_on) as last_complained_on
from {{ ref('complaints') }}
group by customer_id
