-- The canonical gift cards sold: to be sent to somebody, or bought for oneself. One row per
-- gift_card_id.
with order_lines as (

    select * from {{ ref('order_lines') }}
    where category_code = 'gift_card'

),

order_fates as (

    select * from {{ ref('order_fates') }}

),

people as (

    select customer_number, person_kind, customer_id, first_name, last_name,
        email_norm from {{ ref('people') }}

),

recipients as (

    select * from {{ ref('recipients') }}

),

gift_words as (

    select order_key, gift_message from {{ ref('gift_words') }}

),

spent as (

    select item_key, amount from {{ ref('card_payments') }}
    where item_key is not null

),

described as (

    select
        order_lines.item_key,
        case when people.person_kind <> 'guest' then people.customer_id end
            as purchaser_customer_id,
        order_lines.is_for_recipient,
        order_lines.unit_price * order_lines.quantity as initial_value,
        coalesce(spent.amount, 0) as spent_amount,
        order_fates.ordered_at as issued_at,
        people.first_name,
        people.last_name,
        people.email_norm,
        recipients.first_name as recipient_first_name,
        recipients.last_name as recipient_last_name,
        'friend' || recipients.recipient_key || '@example.org' as recipient_email,
        gift_words.gift_message
    from order_lines
    inner join order_fates on order_lines.order_key = order_fates.order_key
    inner join people on order_fates.customer_number = people.customer_number
    left join recipients
        on
            order_fates.customer_number = recipients.customer_number
            and order_fates.recipient_no = recipients.recipient_no
            and order_lines.is_for_recipient
    left join gift_words on order_lines.order_key = gift_words.order_key
        and order_lines.is_for_recipient
    left join spent on order_lines.item_key = spent.item_key

)

select
    'GC' || item_key as gift_card_id,
    'I' || item_key as order_item_id,
    purchaser_customer_id,
    case
        -- one card in eight is printed at home and handed over
        when is_for_recipient and {{ chance('item_key', 'printed_card', 0.12) }} then null
        when is_for_recipient then recipient_email
        when {{ chance('item_key', 'sends_to_self', 0.5) }}
            then {{ typed_mail('email_norm', 'item_key') }}
    end as recipient_email,
    case
        when is_for_recipient and {{ chance('item_key', 'printed_card', 0.06) }} then null
        when is_for_recipient then recipient_first_name || ' ' || recipient_last_name
        when {{ chance('item_key', 'names_self', 0.4) }} then first_name || ' ' || last_name
    end as recipient_name,
    case when is_for_recipient and {{ chance('item_key', 'card_message', 0.6) }}
        then gift_message end as message,
    {{ money('initial_value') }} as initial_value,
    {{ money("initial_value - case
        when not is_for_recipient then spent_amount
        when " ~ chance('item_key', 'card_used', 0.55) ~ "
            and issued_at < " ~ closes_at() ~ " - interval 60 day
        then initial_value else 0 end") }} as balance,
    issued_at,
    cast(case when is_for_recipient
        then {{ later('issued_at', "6 * " ~ draw('item_key', 'card_delay')) }} else issued_at end
        as date) as deliver_on,
    issued_at + interval 1095 day as expires_at,
    {{ loaded_after('issued_at') }} as _loaded_at
from described
