with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

gift_options as (

    select order_id, gift_option_id, gift_message from {{ ref('stg_order_gift_options') }}
    where has_gift_message

),

order_items as (

    select order_item_id, order_id from {{ ref('stg_order_items') }}

),

gift_cards as (

    select gift_card_id, order_item_id, message from {{ ref('stg_gift_cards') }}

),

reviews as (

    select review_id, body from {{ ref('stg_reviews') }}
    where body is not null

),

notes as (

    select order_id, gift_option_id as message_id, gift_message as text from gift_options
    union all
    select order_items.order_id, gift_cards.gift_card_id as message_id, gift_cards.message as text
    from gift_cards
    inner join order_items on gift_cards.order_item_id = order_items.order_item_id
    where gift_cards.message is not null

),

texts as (

    select
        'message' as text_kind,
        candidate_orders.order_id as text_id,
        string_agg(notes.text, ' ' order by notes.message_id, notes.text) as text
    from candidate_orders
    inner join notes on candidate_orders.order_id = notes.order_id
    group by candidate_orders.order_id
    union all
    select
        'review' as text_kind,
        review_id as text_id,
        body as text
    from reviews

)

select
    text_kind,
    text_id,
    {{ plain_words('text') }} as words,
    {{ spaced_words('text') }} as words_as_written
from texts
