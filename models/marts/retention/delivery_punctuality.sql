with orders as (

    select
        *,
        date_diff('day', {{ local_date('promised_delivery_at') }}, {{ as_of_on() }})
            as promised_days_ago
    from {{ ref('order_facts') }}
    where is_valid
        and delivered_on_time is not null

),

counts as (

    select
        count(*) as promise_count,
        count(*) filter (where delivered_on_time) as kept_promise_count
    from orders
    where promised_days_ago between 0 and {{ var('punctuality_window_days') }}

)

select
    {{ as_of() }} as as_of,
    promise_count,
    kept_promise_count,
    kept_promise_count::double / nullif(promise_count, 0) as on_time_rate,
    -- said only where it is true
    coalesce(
        kept_promise_count >= {{ var('punctuality_claim_min_share') }} * promise_count
        and promise_count > 0,
        false
    ) as may_claim_punctuality
from counts
