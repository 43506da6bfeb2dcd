-- The circumstances of every order that its decisions hang on. One row per order_key.
with intents as (

    select * from {{ ref('intents') }}

),

people as (

    select * from {{ ref('people') }}

),

recipients as (

    select customer_number, recipient_no, distance from {{ ref('recipients') }}

),

lines_per_order as (

    select
        order_key,
        bool_and(category_code = 'gift_card') as is_digital,
        bool_or(category_code = 'clothing') as has_clothing
    from {{ ref('chosen_lines') }}
    group by order_key

)

select
    intents.*,
    people.household_number,
    people.person_kind,
    people.home_currency,
    people.tax_rate,
    people.hunts_coupons,
    people.has_office,
    people.has_second_home,
    people.moves
    and date_diff('day', {{ opens_at() }}, intents.ordered_at) > people.move_share * 1096
        as has_moved,
    people.moves
    and date_diff('day', {{ opens_at() }}, intents.ordered_at) - people.move_share * 1096
        between 0 and 60 as has_just_moved,
    recipients.distance,
    lines_per_order.is_digital,
    lines_per_order.has_clothing,
    {{ draw('intents.order_key', 'channel') }} as channel_draw,
    {{ draw('intents.order_key', 'cancelled') }} as cancel_draw,
    {{ draw('intents.order_key', 'refunded') }} as refund_draw,
    {{ draw('intents.order_key', 'payment_method') }} as method_draw,
    {{ chance('intents.order_key', 'discounted',
        '(case when people.hunts_coupons then 0.5 else 0.1 end)') }}
        as is_discounted
from intents
inner join people on intents.customer_number = people.customer_number
inner join lines_per_order on intents.order_key = lines_per_order.order_key
left join recipients
    on
        intents.customer_number = recipients.customer_number
        and intents.recipient_no = recipients.recipient_no
