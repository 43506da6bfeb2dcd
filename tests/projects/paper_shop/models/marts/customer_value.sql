with customers as (

    select * from {{ ref('stg_customers') }}

),

orders as (

    select * from {{ ref('stg_orders') }}

),

countries as (

    select * from {{ ref('countries') }}

)

select
    customers.customer_id,
    countries.country,
    count(orders.order_id) as order_count,
    coalesce(sum(orders.amount), 0) as revenue
from customers
left join orders on customers.customer_id = orders.customer_id
left join countries on customers.country_code = countries.country_code
group by all
