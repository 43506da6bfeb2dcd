with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'at_risk_high_value'

),

customers as (

    select * from {{ ref('customer_360') }}

)

select
    members.customer_id,
    members.score,
    members.reason,
    members.as_of,
    customers.activity_state,
    customers.expected_interval_days,
    customers.days_since_last_purchase - customers.expected_interval_days as days_overdue,
    customers.spend_ratio,
    -- the margin of an average year: what a year without this customer costs
    cast(customers.historic_clv as double) * 365 / greatest(365, customers.tenure_days)
        as value_at_risk
from members
inner join customers on members.customer_id = customers.customer_id
