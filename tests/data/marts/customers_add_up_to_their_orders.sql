with customer_value as (

    select * from {{ ref('customer_value') }}

),

orders as (

    select * from {{ ref('order_facts') }}
    where customer_id is not null
        and is_valid

),

customer_totals as (

    select
        sum(net_revenue) as net_revenue,
        sum(margin) as margin
    from customer_value

),

order_totals as (

    select
        sum(net_revenue) as net_revenue,
        sum(margin) as margin
    from orders

)

select
    customer_totals.net_revenue as customers_net_revenue,
    order_totals.net_revenue as orders_net_revenue,
    customer_totals.margin as customers_margin,
    order_totals.margin as orders_margin
from customer_totals
cross join order_totals
where customer_totals.net_revenue is distinct from order_totals.net_revenue
    or customer_totals.margin is distinct from order_totals.margin
