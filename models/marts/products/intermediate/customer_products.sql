with kept_items as (

    select * from {{ ref('kept_items') }}
    where customer_id is not null

)

select
    customer_id,
    product_id,
    count(*) as order_count,
    sum(quantity) as quantity,
    bool_or(is_sensitive) as is_sensitive,
    bool_or(is_warranty) as is_warranty,
    min(ordered_on) as first_purchased_on,
    max(ordered_on) as last_purchased_on
from kept_items
group by customer_id, product_id
