with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and may_post
        and gift_giver_status = 'known'

)

select
    customer_id,
    gift_score as score,
    'known_giver_by_post' as reason,
    {{ as_of() }} as as_of,
    country_code,
    gift_order_count,
    last_gift_ordered_on
from customers
