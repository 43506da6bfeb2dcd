with carts as (

    select * from {{ ref('cart_outcomes') }}

),

abandonments as (

    select * from carts
    where abandoned_at is not null
        and cart_value > 0

),

outranked_carts as (

    select poorer.cart_id
    from abandonments as poorer
    inner join abandonments as richer
        on poorer.person = richer.person
        and poorer.cart_id <> richer.cart_id
        and abs(epoch(poorer.abandoned_at) - epoch(richer.abandoned_at))
        < 3600 * {{ var('cart_count_window_hours') }}
        and (
            poorer.cart_value < richer.cart_value
            or (poorer.cart_value = richer.cart_value and poorer.cart_id > richer.cart_id)
        )
    group by poorer.cart_id

)

select
    carts.cart_id,
    carts.customer_id,
    carts.order_id,
    carts.recovered_order_id,
    carts.state,
    carts.stage,
    carts.currency,
    carts.cart_value,
    carts.shipping_quote,
    carts.is_same_cart,
    carts.abandoned_at is not null
    and carts.cart_value > 0
    and outranked_carts.cart_id is null as is_counted,
    carts.shipping_shock,
    carts.created_at,
    carts.last_activity_at,
    carts.abandoned_at
from carts
left join outranked_carts on carts.cart_id = outranked_carts.cart_id
