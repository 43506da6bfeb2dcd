-- Why each order was truly made, and which traces of it the shop can see. One row per order_id.
with order_heads as (

    select * from {{ ref('order_heads') }}

),

recipients as (

    select customer_number, recipient_no, recipient,
        recipient_is_female from {{ ref('recipients') }}

),

traces as (

    select * from {{ ref('traces') }}

),

people as (

    select customer_number, person_number from {{ ref('people') }}

)

select
    'O' || order_heads.order_key as order_id,
    order_heads.customer_number,
    'PERSON' || people.person_number as person_id,
    order_heads.stream,
    order_heads.ordered_at,
    order_heads.is_gift,
    order_heads.occasion,
    recipients.recipient,
    case when recipients.recipient_is_female then 'f' when not recipients.recipient_is_female
        then 'm' end as recipient_gender,
    coalesce(traces.has_message, false) as has_message,
    coalesce(traces.is_wrapped, false) as is_wrapped,
    coalesce(traces.is_boxed, false) as is_boxed,
    coalesce(traces.is_engraved, false) as is_engraved,
    order_heads.is_digital as is_gift_card_order,
    coalesce(order_heads.shipping_role >= 8, false) as is_sent_to_recipient,
    order_heads.person_kind = 'fraudster' as is_fraud,
    order_heads.is_test
from order_heads
inner join people on order_heads.customer_number = people.customer_number
left join recipients
    on
        order_heads.customer_number = recipients.customer_number
        and order_heads.recipient_no = recipients.recipient_no
left join traces on order_heads.order_key = traces.order_key
