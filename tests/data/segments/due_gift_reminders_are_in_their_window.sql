-- the segments hold what is due, nobody who has just ordered, and nobody twice for one day
with due_occasions as (

    select customer_id, send_on from {{ ref('seg_gift_occasion_due') }}

),

due_anniversaries as (

    select customer_id, send_on from {{ ref('seg_gift_anniversary_due') }}

),

customers as (

    select customer_id, days_since_last_order from {{ ref('customer_360') }}

),

reminders as (

    select customer_id, send_on from due_occasions
    union all
    select customer_id, send_on from due_anniversaries

)

select
    customer_id,
    send_on
from reminders
where not {{ is_due('send_on') }}
union all
select
    due_anniversaries.customer_id,
    due_anniversaries.send_on
from due_anniversaries
inner join customers on due_anniversaries.customer_id = customers.customer_id
where customers.days_since_last_order <= {{ var('anniversary_quiet_days') }}
