with last_orders as (

    select * from {{ ref('last_orders') }}

),

order_item_facts as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and not is_gift_card
        and unit_price > 0

)

select
    order_item_facts.order_item_id,
    last_orders.order_id,
    last_orders.customer_id,
    order_item_facts.product_id,
    order_item_facts.unit_price
from last_orders
inner join order_item_facts on last_orders.order_id = order_item_facts.order_id
