with orders as (

    select * from {{ ref('order_facts') }}
    where is_valid

),

customers as (

    select * from {{ ref('customers') }}
    where not is_test

)

select
    orders.order_id,
    orders.customer_id,
    orders.billing_country_code,
    orders.billing_region_code,
    orders.shipping_country_code,
    orders.shipping_region_code,
    orders.ships_to_billing_address,
    orders.has_gift_card,
    orders.ordered_on,
    orders.ordered_at
from orders
inner join customers on orders.customer_id = customers.customer_id
