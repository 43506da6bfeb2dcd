with customers as (

    select * from {{ ref('customers') }}
    where not is_test

),

occasion_dates as (

    select * from {{ ref('gift_occasion_dates') }}

),

purchase_anniversaries as (

    select * from {{ ref('purchase_anniversaries') }}

),

birthdays as (

    select
        customer_id,
        'birthday' as date_kind,
        'birthday' as occasion,
        'declared' as basis,
        birth_month as month_number,
        birth_day as day_number
    from customers
    where birth_month is not null

),

guessed_days as (

    select
        customer_id,
        'gift_occasion' as date_kind,
        occasion,
        occurs_on
    from occasion_dates
    union all
    select
        customer_id,
        'purchase_anniversary' as date_kind,
        'purchase' as occasion,
        anniversary_on as occurs_on
    from purchase_anniversaries

),

-- to know the day would be watching; the month is a service
guessed_dates as (

    select
        customer_id,
        date_kind,
        occasion,
        'inferred' as basis,
        cast(date_part('month', occurs_on) as integer) as month_number,
        case
            when '{{ var("inferred_date_grain") }}' = 'day'
                then cast(date_part('day', occurs_on) as integer)
        end as day_number
    from guessed_days

)

select * from birthdays
union all
select
    customer_id,
    date_kind,
    occasion,
    basis,
    month_number,
    day_number
from guessed_dates
group by customer_id, date_kind, occasion, basis, month_number, day_number
