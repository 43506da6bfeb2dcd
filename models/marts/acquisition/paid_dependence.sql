with orders as (

    select * from {{ ref('order_facts') }}
    where is_valid
        and customer_id is not null

),

acquired_customers as (

    select * from {{ ref('acquired_customers') }}

),

paid_channels as (

    select channel
    from {{ ref('ad_spend_days') }}
    group by channel
    having sum(spend) > 0

),

sales as (

    select
        orders.net_revenue,
        {{ month_of('orders.ordered_on') }} as month,
        orders.customer_id,
        acquired_customers.acquired_month
            = {{ month_of('orders.ordered_on') }} and orders.is_first_order
            as is_new_customer,
        paid_channels.channel is not null as is_paid
    from orders
    inner join acquired_customers on orders.customer_id = acquired_customers.customer_id
    left join paid_channels on acquired_customers.channel = paid_channels.channel

),

months as (

    select
        month,
        count(*) filter (where is_new_customer) as new_customers,
        count(*) filter (where is_new_customer and is_paid) as paid_new_customers,
        sum(net_revenue) as net_revenue,
        coalesce(sum(net_revenue) filter (where is_paid), 0) as paid_net_revenue
    from sales
    group by month

)

select
    month,
    new_customers,
    paid_new_customers,
    net_revenue,
    paid_net_revenue,
    cast(paid_new_customers as double) / nullif(new_customers, 0) as paid_new_customer_share,
    cast(paid_net_revenue as double) / nullif(cast(net_revenue as double), 0) as paid_revenue_share
from months
