with abandonments as (

    select * from {{ ref('cart_states') }}
    where is_counted
        and customer_id is not null

)

select
    earlier.cart_id,
    later.cart_id as later_cart_id
from abandonments as earlier
inner join abandonments as later
    on earlier.customer_id = later.customer_id
    and earlier.cart_id <> later.cart_id
    and later.abandoned_at >= earlier.abandoned_at
where epoch(later.abandoned_at) - epoch(earlier.abandoned_at)
    < 3600 * {{ var('cart_count_window_hours') }}
