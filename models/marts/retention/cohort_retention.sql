with first_purchases as (

    select * from {{ ref('first_purchases') }}

),

purchase_days as (

    select * from {{ ref('purchase_days') }}

),

-- the spine begins where the data does and ends with the last complete month
bounds as (

    select
        min(cohort_month) as first_month,
        {{ this_month() }} - interval '1' month as last_month
    from first_purchases

),

months as (

    select {{ month_spine('first_month', 'last_month') }} as month_on
    from bounds

),

cohort_sizes as (

    select
        cohort_month,
        count(*) as customer_count
    from first_purchases
    group by cohort_month

),

active_customers as (

    select
        {{ month_of('first_purchased_on') }} as cohort_month,
        {{ month_of('purchased_on') }} as month_on,
        count(distinct customer_id) as customer_count
    from purchase_days
    group by {{ month_of('first_purchased_on') }}, {{ month_of('purchased_on') }}

)

select
    cohorts.month_on as cohort_month,
    date_diff('month', cohorts.month_on, months.month_on) as month_number,
    coalesce(cohort_sizes.customer_count, 0) as customer_count,
    coalesce(active_customers.customer_count, 0) as active_customer_count,
    coalesce(active_customers.customer_count, 0)::double
        / cohort_sizes.customer_count as retention_rate,
    months.month_on
from months as cohorts
inner join months on cohorts.month_on <= months.month_on
left join cohort_sizes on cohorts.month_on = cohort_sizes.cohort_month
left join active_customers
    on cohorts.month_on = active_customers.cohort_month
    and months.month_on = active_customers.month_on
