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
        coalesce(cart_orders.is_same_cart, carts.completed_at is not null) as is_ended_by_itself,
        coalesce(cart_orders.ordered_at, carts.completed_at) as ended_at
    from carts
    left join cart_orders on carts.cart_id = cart_orders.cart_id

),

states as (

    select
        *,
        case
            when ended_at < idle_limit_at then 'completed'
            when {{ local_date('ended_at') }} < expires_on then 'recovered'
            when {{ as_of() }} < idle_limit_at then 'open'
            when {{ as_of_on() }} < expires_on then 'abandoned'
            else 'expired'
        end as state
    from endings

)

select
    cart_id,
    customer_id,
    coalesce(customer_id, anonymous_id, cart_id) as person,
    case when state in ('completed', 'recovered') then ending_order_id end as order_id,
    case when state = 'recovered' then ending_order_id end as recovered_order_id,
    state,
    stage,
    currency,
    cart_value,
    shipping_quote,
    is_ended_by_itself and state in ('completed', 'recovered') as is_same_cart,
    coalesce(
        state in ('abandoned', 'recovered', 'expired')
        and stage in ('shipping', 'payment')
        and cart_value > 0
        and shipping_quote >= {{ var('shipping_shock_ratio') }} * cart_value,
        false
    ) as shipping_shock,
    created_at,
    last_activity_at,
    case when state in ('abandoned', 'recovered', 'expired') then idle_limit_at end as abandoned_at
from states
