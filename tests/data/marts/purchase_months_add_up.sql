-- the customers active in a month are those of all cohorts together
with cohorts as (

    select
        month_on,
        sum(active_customer_count) as people
    from {{ ref('cohort_retention') }}
    group by month_on

),

periods as (

    select
        month_on,
        customer_count as people
    from {{ ref('period_retention') }}

)

select
    coalesce(cohorts.month_on, periods.month_on) as month_on,
    cohorts.people as cohort_people,
    periods.people as period_people
from cohorts
full join periods on cohorts.month_on = periods.month_on
where cohorts.people is distinct from periods.people
