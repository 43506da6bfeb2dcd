with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

-- who succeeded soon after has no reason to be angry; who failed just now may be trying still
failures as (

    select * from {{ ref('customer_coupon_failures') }}
    where hours_since_failure > {{ var('apology_wait_hours') }}
        and days_since_failure <= {{ var('apology_window_days') }}
        and coalesce(hours_to_success > {{ var('apology_wait_hours') }}, true)

)

select
    customers.customer_id,
    1.0e0 as score,
    'coupon_failed' as reason,
    {{ as_of() }} as as_of,
    failures.failure_code,
    failures.failed_at
from customers
inner join failures on customers.customer_id = failures.customer_id
