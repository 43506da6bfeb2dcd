with anniversaries as (

    select
        customer_id,
        base_on,
        anniversary_on as returns_on
    from {{ ref('purchase_anniversaries') }}

),

occasion_dates as (

    select
        customer_id,
        base_ordered_on as base_on,
        occurs_on as returns_on
    from {{ ref('gift_occasion_dates') }}

),

dates as (

    select * from anniversaries
    union all
    select * from occasion_dates

)

select *
from dates
where returns_on < {{ as_of_on() }} or returns_on <= base_on
