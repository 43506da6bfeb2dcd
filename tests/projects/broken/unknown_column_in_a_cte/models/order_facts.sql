with orders as (

    select * from {{ ref('orders') }}

),

totals as (

    select
        orders.customer_id,
        sum(orders.amonut) as amount
    from orders
    group by orders.customer_id

)

select * from totals
