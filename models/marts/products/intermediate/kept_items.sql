with order_item_facts as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and kept_quantity > 0
        and product_id is not null
        and not is_gift_card

),

orders as (

    select * from {{ ref('order_facts') }}

),

products_of_orders as (

    select
        order_id,
        product_id,
        sum(kept_quantity) as quantity,
        sum(net_revenue) as net_revenue,
        sum(margin) as margin,
        bool_or(is_sensitive) as is_sensitive,
        bool_or(coalesce(is_warranty, false)) as is_warranty
    from order_item_facts
    group by order_id, product_id

)

select
    products_of_orders.order_id,
    orders.customer_id,
    products_of_orders.product_id,
    products_of_orders.quantity,
    products_of_orders.net_revenue,
    products_of_orders.margin,
    products_of_orders.is_sensitive,
    products_of_orders.is_warranty,
    orders.is_first_order,
    orders.ordered_on,
    {{ local_date('orders.delivered_at') }} as delivered_on
from products_of_orders
inner join orders on products_of_orders.order_id = orders.order_id
