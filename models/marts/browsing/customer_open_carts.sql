with open_carts as (

    select * from {{ ref('cart_states') }}
    where customer_id is not null
        and state = 'abandoned'

),

ranked_carts as (

    select
        *,
        row_number() over (
            partition by customer_id order by is_counted desc, abandoned_at desc, cart_id
        ) as cart_rank
    from open_carts

)

select
    customer_id,
    cart_id as open_cart_id,
    stage as open_cart_stage,
    cart_value as open_cart_value,
    shipping_shock as has_shipping_shock,
    abandoned_at as open_cart_abandoned_at
from ranked_carts
where cart_rank = 1
