-- When each buyer bought first and last at their own rate, and whether they dropped out. One row
-- per customer_number.
select
    customer_number,
    min(calendar_day) as first_day,
    max(calendar_day) as last_day,
    bool_or(is_last) as is_dropped,
    case when bool_or(is_last) then max(calendar_day) else 1096.0e0 end as active_until_day
from {{ ref('rate_purchases') }}
group by customer_number
