with purchase_days as (

    select * from {{ ref('purchase_days') }}

),

purchase_months as (

    select
        customer_id,
        {{ month_of('purchased_on') }} as month_on
    from purchase_days
    group by customer_id, {{ month_of('purchased_on') }}

),

-- a month without sales is a month too
bounds as (

    select
        min(month_on) as first_month,
        {{ this_month() }} - interval '1' month as last_month
    from purchase_months

),

months as (

    select {{ month_spine('first_month', 'last_month') }} as month_on
    from bounds

),

counts as (

    select
        months.month_on,
        count(purchase_months.customer_id) as customer_count,
        count(next_months.customer_id) as kept_customer_count
    from months
    left join purchase_months on months.month_on = purchase_months.month_on
    left join purchase_months as next_months
        on purchase_months.customer_id = next_months.customer_id
        and next_months.month_on = {{ months_later('months.month_on', 1) }}
    group by months.month_on

),

-- who is kept is known once the next month is over
complete_counts as (

    select
        month_on,
        customer_count,
        case
            when {{ months_later('month_on', 1) }} < {{ this_month() }} then kept_customer_count
        end as kept_customer_count
    from counts

)

select
    month_on,
    customer_count,
    kept_customer_count,
    kept_customer_count::double / nullif(customer_count, 0) as retention_rate
from complete_counts
