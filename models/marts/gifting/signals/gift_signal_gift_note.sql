with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

noted_orders as (

    select order_id from {{ ref('stg_order_gift_options') }}
    where has_gift_message
    group by order_id

)

select
    candidate_orders.customer_id,
    candidate_orders.order_id,
    'gift_note' as signal_code,
    'note' as detail,
    candidate_orders.ordered_on as occurred_on,
    candidate_orders.ordered_at as occurred_at
from candidate_orders
inner join noted_orders on candidate_orders.order_id = noted_orders.order_id
