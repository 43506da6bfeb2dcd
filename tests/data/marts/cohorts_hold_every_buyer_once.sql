-- but for who first bought in the month that is not over
with cohorts as (

    select sum(customer_count) as people
    from {{ ref('cohort_retention') }}
    where month_number = 0

),

buyers as (

    select count(*) as people
    from {{ ref('first_purchases') }}
    where cohort_month < {{ this_month() }}

)

select
    cohorts.people as cohort_people,
    buyers.people as buyers
from cohorts
cross join buyers
where coalesce(cohorts.people, 0) <> buyers.people
