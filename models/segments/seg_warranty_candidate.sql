with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

offers as (

    select * from {{ ref('customer_warranty_offers') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    case offers.occasion
        when 'just_arrived' then 'thing_just_arrived'
        else 'first_warranty_ends'
    end as reason,
    {{ as_of() }} as as_of,
    offers.product_id,
    offers.order_id,
    offers.delivered_on,
    offers.warranty_ends_on
from customers
inner join offers on customers.customer_id = offers.customer_id
