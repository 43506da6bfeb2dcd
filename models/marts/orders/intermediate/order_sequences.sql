-- what went back in full starts no rhythm: it is valid, but has no place in the sequence
with orders as (

    select * from {{ ref('order_states') }}
    where customer_id is not null and is_valid and not is_fully_refunded

),

sequenced_orders as (

    select
        *,
        row_number() over purchases as order_sequence,
        lag(ordered_on) over purchases as previous_ordered_on
    from orders
    window purchases as (partition by customer_id order by ordered_at, order_id)

)

select
    order_id,
    customer_id,
    order_sequence,
    date_diff('day', previous_ordered_on, ordered_on) as days_since_previous_order,
    previous_ordered_on
from sequenced_orders
