select
    (select sum(amount) from {{ ref('order_facts') }}) as ordered,
    (select sum(revenue) from {{ ref('customer_orders') }}) as by_customer
where ordered <> by_customer
