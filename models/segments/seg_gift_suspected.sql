with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

gift_givers as (

    select * from {{ ref('gift_givers') }}
    where gift_giver_status = 'suspected'

)

select
    customers.customer_id,
    gift_givers.gift_score as score,
    gift_givers.gift_signal_codes as reason,
    {{ as_of() }} as as_of,
    gift_givers.gift_order_count,
    gift_givers.last_gift_ordered_on
from customers
inner join gift_givers on customers.customer_id = gift_givers.customer_id
