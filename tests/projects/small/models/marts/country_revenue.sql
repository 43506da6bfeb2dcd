with order_facts as (

    select * from {{ ref('order_facts') }}

),

countries as (

    select * from {{ ref('countries') }}

)

select
    countries.country_code,
    countries.country_name,
    count(*) as order_count,
    sum(order_facts.amount) as revenue,
    max(order_facts.build_stamp) as build_stamp
from order_facts
inner join countries on order_facts.country_code = countries.country_code
group by countries.country_code, countries.country_name
