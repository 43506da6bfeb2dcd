with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

interests as (

    select * from {{ ref('customer_bnpl_interest') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    case interests.interest
        when 'product' then 'dear_product_revisited'
        else 'dear_cart_revisited'
    end as reason,
    {{ as_of() }} as as_of,
    interests.product_id,
    interests.visit_count,
    interests.price
from customers
inner join interests on customers.customer_id = interests.customer_id
