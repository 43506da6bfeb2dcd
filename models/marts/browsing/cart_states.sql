with carts as (

    select * from {{ ref('cart_activity') }}

),

cart_orders as (

    select * from {{ ref('cart_orders') }}

),

endings as (

    select
        carts.*,
        cart_orders.order_id as ending_order_id,
        -- a cart marked complete without a visible order still ended in one
        coalesce(cart_orders.is_same_cart, carts.completed_at is not null) as is_same_cart,
        coalesce(cart_orders.ordered_at, carts.completed_at) as ended_at,
        {{ local_date('carts.idle_limit_at') }} as idle_limit_on
    from carts
    left join cart_orders on carts.cart_id = cart_orders.cart_id

),

states as (

    select
        *,
        case
            when ended_at < idle_limit_at then 'completed'
            when
                date_diff('day', idle_limit_on, {{ local_date('ended_at') }})
                <= {{ var('cart_expiry_days') }} then 'recovered'
            when {{ as_of() }} < idle_limit_at then 'open'
            when
                date_diff('day', idle_limit_on, {{ as_of_on() }})
                <= {{ var('cart_expiry_days') }} then 'abandoned'
            else 'expired'
        end as state
    from endings

),

abandonments as (

    select
        cart_id,
        coalesce(customer_id, anonymous_id, cart_id) as person,
        cart_value,
        idle_limit_at
    from states
    where state in ('abandoned', 'recovered', 'expired')
        and cart_value > 0

),

outranked_carts as (

    select poorer.cart_id
    from abandonments as poorer
    inner join abandonments as richer
        on poorer.person = richer.person
        and poorer.cart_id <> richer.cart_id
        and abs(epoch(poorer.idle_limit_at) - epoch(richer.idle_limit_at))
        < 3600 * {{ var('cart_count_window_hours') }}
        and (
            poorer.cart_value < richer.cart_value
            or (poorer.cart_value = richer.cart_value and poorer.cart_id > richer.cart_id)
        )
    group by poorer.cart_id

)

select
    states.cart_id,
    states.customer_id,
    case
        when states.state in ('completed', 'recovered') then states.ending_order_id
    end as order_id,
    case when states.state = 'recovered' then states.ending_order_id end as recovered_order_id,
    states.state,
    states.stage,
    states.currency,
    states.cart_value,
    states.shipping_quote,
    states.is_same_cart and states.state in ('completed', 'recovered') as is_same_cart,
    abandonments.cart_id is not null and outranked_carts.cart_id is null as is_counted,
    coalesce(
        states.state in ('abandoned', 'recovered', 'expired')
        and states.stage in ('shipping', 'payment')
        and states.cart_value > 0
        and states.shipping_quote >= {{ var('shipping_shock_ratio') }} * states.cart_value,
        false
    ) as shipping_shock,
    states.created_at,
    states.last_activity_at,
    case
        when states.state in ('abandoned', 'recovered', 'expired') then states.idle_limit_at
    end as abandoned_at
from states
left join abandonments on states.cart_id = abandonments.cart_id
left join outranked_carts on states.cart_id = outranked_carts.cart_id
