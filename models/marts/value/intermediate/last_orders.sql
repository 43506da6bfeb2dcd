with orders as (

    select * from {{ ref('order_facts') }}
    where is_valid
        and customer_id is not null

)

select
    customer_id,
    order_id,
    refunded_amount,
    days_late,
    delivered_on_time,
    ordered_on
from orders
qualify row_number() over (
    partition by customer_id
    order by ordered_at desc, order_id
) = 1
