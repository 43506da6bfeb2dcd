with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

suggestions as (

    select * from {{ ref('customer_cross_sells') }}
    where suggestion_rank = 1

)

select
    customers.customer_id,
    1.0e0 as score,
    'goes_with_purchase' as reason,
    {{ as_of() }} as as_of,
    suggestions.product_id,
    suggestions.received_product_id,
    suggestions.order_id,
    suggestions.delivered_on
from customers
inner join suggestions on customers.customer_id = suggestions.customer_id
