with carts as (

    select * from {{ ref('stg_carts') }}

),

cart_owners as (

    select * from {{ ref('cart_owners') }}

),

cart_items as (

    select * from {{ ref('stg_cart_items') }}

),

item_values as (

    select
        cart_id,
        sum(quantity * unit_price) as items_value
    from cart_items
    group by cart_id

),

activity as (

    select
        carts.cart_id,
        cart_owners.customer_id,
        carts.anonymous_id,
        carts.order_id,
        case
            when carts.last_step in ('contact', 'shipping', 'payment') then carts.last_step
            when carts.checkout_started_at is not null then 'checkout_started'
            else 'cart'
        end as stage,
        carts.currency,
        coalesce(carts.cart_total, item_values.items_value, 0) as cart_value,
        carts.shipping_quote,
        carts.created_at,
        greatest(carts.created_at, carts.updated_at, carts.checkout_started_at) as last_activity_at,
        carts.completed_at
    from carts
    left join cart_owners on carts.cart_id = cart_owners.cart_id
    left join item_values on carts.cart_id = item_values.cart_id

)

select
    *,
    last_activity_at + interval '{{ var('cart_idle_minutes') }}' minute as idle_limit_at,
    -- from this day on no order brings it back
    {{ local_date('idle_limit_at') }} + {{ var('cart_expiry_days') }} + 1 as expires_on
from activity
