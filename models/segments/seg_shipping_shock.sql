with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and open_cart_id is not null
        and has_shipping_shock


)

select
    customer_id,
    1.0e0 as score,
    'shipping_shock' as reason,
    {{ as_of() }} as as_of,
    open_cart_stage as stage,
    open_cart_id as cart_id,
    open_cart_value as cart_value,
    -- the price of shipping drove them away, not the price
    'free_shipping' as offer_type
from customers
