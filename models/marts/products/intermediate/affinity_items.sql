with kept_items as (

    select * from {{ ref('kept_items') }}
    where not is_sensitive
        and not is_warranty

),

customer_products as (

    select * from {{ ref('customer_products') }}
    where not is_sensitive
        and not is_warranty

),

gift_products as (

    select order_id, product_id, ordered_on from {{ ref('gift_order_items') }}
    group by order_id, product_id, ordered_on

),

-- what lies in one order together; what one person bought, each thing at its first time; gifts
items as (

    select
        'basket' as mode,
        order_id as basket_id,
        product_id,
        ordered_on as bought_on
    from kept_items
    union all
    select
        'next' as mode,
        customer_id as basket_id,
        product_id,
        first_purchased_on as bought_on
    from customer_products
    union all
    select
        'gift' as mode,
        order_id as basket_id,
        product_id,
        ordered_on as bought_on
    from gift_products

),

-- a basket of everything tells nobody's taste
tasteful_baskets as (

    select
        mode,
        basket_id
    from items
    group by mode, basket_id
    having count(*) <= {{ var('affinity_max_basket_products') }}

),

mode_sizes as (

    select
        mode,
        count(*) as basket_count
    from tasteful_baskets
    group by mode

),

-- half a million baskets know the pairs of a large shop
drawn_baskets as (

    select
        tasteful_baskets.mode,
        tasteful_baskets.basket_id
    from tasteful_baskets
    inner join mode_sizes on tasteful_baskets.mode = mode_sizes.mode
    where {{ is_drawn(
        'tasteful_baskets.basket_id', var('affinity_max_baskets'), 'mode_sizes.basket_count'
    ) }}

)

select
    items.mode,
    items.basket_id,
    items.product_id,
    items.bought_on
from items
inner join drawn_baskets
    on items.mode = drawn_baskets.mode
    and items.basket_id = drawn_baskets.basket_id
