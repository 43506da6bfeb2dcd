with redemptions as (

    select * from {{ ref('stg_coupon_redemptions') }}

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

attempts as (

    select
        accounts.customer_id,
        redemptions.redemption_id,
        redemptions.code,
        redemptions.result,
        redemptions.failure_code,
        redemptions.attempted_at
    from redemptions
    inner join accounts on redemptions.customer_id = accounts.source_id

),

-- the shop's failure, not somebody else's code tried out
failures as (

    select * from attempts
    where result = 'failure'
        and not coalesce(
            failure_code in {{ text_list(var('coupon_abuse_failure_codes')) }}, false
        )
    qualify row_number() over (
        partition by customer_id order by attempted_at desc, redemption_id
    ) = 1

),

later_successes as (

    select
        failures.customer_id,
        min(attempts.attempted_at) as succeeded_at
    from failures
    inner join attempts
        on failures.customer_id = attempts.customer_id
        and attempts.result = 'success'
        and attempts.attempted_at > failures.attempted_at
    group by failures.customer_id

)

select
    failures.customer_id,
    failures.failure_code,
    (epoch({{ as_of() }}) - epoch(failures.attempted_at)) / 3600 as hours_since_failure,
    date_diff('day', {{ local_date('failures.attempted_at') }}, {{ as_of_on() }})
        as days_since_failure,
    (epoch(later_successes.succeeded_at) - epoch(failures.attempted_at)) / 3600
        as hours_to_success,
    failures.attempted_at as failed_at
from failures
left join later_successes on failures.customer_id = later_successes.customer_id
