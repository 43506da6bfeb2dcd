with orders as (

    select * from {{ ref('stg_orders') }}

),

customers as (

    select * from {{ ref('stg_customers') }}

)

select
    orders.order_id,
    orders.customer_id,
    customers.country_code,
    orders.amount,
    row_number() over (
        partition by orders.customer_id
        order by orders.ordered_on, orders.order_id
    ) as order_number,
    orders.ordered_on,
    orders.build_stamp
from orders
inner join customers on orders.customer_id = customers.customer_id
