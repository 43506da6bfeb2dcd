with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and open_cart_id is not null

)

select
    customer_id,
    1.0e0 as score,
    concat_ws(
        ',',
        concat('left_at_', open_cart_stage),
        case when has_shipping_shock then 'shipping_shock' end
    ) as reason,
    {{ as_of() }} as as_of,
    open_cart_stage as stage,
    open_cart_id as cart_id,
    open_cart_value as cart_value,
    open_cart_abandoned_at as abandoned_at
from customers
