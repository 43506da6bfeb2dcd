with carts as (

    select * from {{ ref('cart_activity') }}

),

checkouts as (

    select * from {{ ref('stg_orders') }}

),

orders as (

    select * from {{ ref('order_states') }}
    where not is_test

),

-- the cart itself became the order
same_cart_orders as (

    select
        carts.cart_id,
        orders.order_id,
        true as is_same_cart,
        orders.ordered_at
    from carts
    inner join orders on carts.order_id = orders.order_id
    union all
    select
        carts.cart_id,
        orders.order_id,
        true as is_same_cart,
        orders.ordered_at
    from carts
    inner join checkouts on carts.cart_id = checkouts.cart_token
    inner join orders on checkouts.order_id = orders.order_id

),

-- the person bought otherwise, while the cart still counted
later_orders as (

    select
        carts.cart_id,
        orders.order_id,
        false as is_same_cart,
        orders.ordered_at
    from carts
    left join same_cart_orders on carts.cart_id = same_cart_orders.cart_id
    inner join orders
        on carts.customer_id = orders.customer_id
        and orders.ordered_at >= carts.last_activity_at
        and date_diff('day', {{ local_date('carts.idle_limit_at') }}, orders.ordered_on)
        <= {{ var('cart_expiry_days') }}
    where same_cart_orders.cart_id is null

),

candidates as (

    select * from same_cart_orders
    union all
    select * from later_orders

),

ranked_candidates as (

    select
        *,
        row_number() over (
            partition by cart_id order by is_same_cart desc, ordered_at, order_id
        ) as candidate_rank
    from candidates

)

select
    cart_id,
    order_id,
    is_same_cart,
    ordered_at
from ranked_candidates
where candidate_rank = 1
