with reported as (

    select coalesce(sum(abandoned_count), 0) as carts
    from {{ ref('rpt_lost_carts') }}

),

counted as (

    select count(*) as carts
    from {{ ref('cart_states') }}
    where is_counted

)

select
    reported.carts as reported_carts,
    counted.carts as counted_carts
from reported
cross join counted
where reported.carts <> counted.carts
