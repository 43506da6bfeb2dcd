with order_facts as (

    select * from {{ ref('order_facts') }}

)

select
    customer_id,
    min(country_code) as country_code,
    count(*) as order_count,
    sum(amount) as revenue,
    max(ordered_on) as last_ordered_on,
    max(build_stamp) as build_stamp
from order_facts
group by customer_id
