with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and {{ buys_with_discounts() }}

)

select
    customer_id,
    1.0e0 as score,
    'buys_with_discounts' as reason,
    {{ as_of() }} as as_of,
    full_price_share,
    valid_order_count
from customers
