with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

order_items as (

    select order_item_id, order_id from {{ ref('stg_order_items') }}

),

gift_cards as (

    select * from {{ ref('stg_gift_cards') }}
    where has_recipient

),

purchasers as (

    select * from {{ ref('buyer_own_names') }}

),

cards_sold as (

    select
        candidate_orders.order_id,
        candidate_orders.customer_id,
        candidate_orders.ordered_on,
        candidate_orders.ordered_at,
        gift_cards.gift_card_id,
        gift_cards.recipient_email_key,
        gift_cards.recipient_name_key,
        gift_cards.recipient_first_name_key,
        gift_cards.recipient_last_name_key
    from gift_cards
    inner join order_items on gift_cards.order_item_id = order_items.order_item_id
    inner join candidate_orders on order_items.order_id = candidate_orders.order_id

),

-- true: some own form is the recipient's; false: all known ones differ; null: nothing to compare
compared as (

    select
        cards_sold.gift_card_id,
        bool_or(cards_sold.recipient_email_key = purchasers.email_key) as has_own_email,
        bool_or(cards_sold.recipient_name_key = purchasers.name_key) as has_own_name,
        bool_or(cards_sold.recipient_first_name_key = purchasers.first_name_key)
            as has_own_first_name,
        bool_or(cards_sold.recipient_last_name_key = purchasers.last_name_key)
            as has_own_last_name
    from cards_sold
    inner join purchasers on cards_sold.customer_id = purchasers.customer_id
    group by cards_sold.gift_card_id

)

select
    cards_sold.customer_id,
    cards_sold.order_id,
    'gift_card_sent' as signal_code,
    'card' as detail,
    cards_sold.ordered_on as occurred_on,
    cards_sold.ordered_at as occurred_at
from cards_sold
inner join compared on cards_sold.gift_card_id = compared.gift_card_id
where
    -- a name speaks only where no e-mail can be compared; a first name alone must differ by itself
    case
        when compared.has_own_email is not null then not compared.has_own_email
        when compared.has_own_name then false
        else not compared.has_own_first_name or not compared.has_own_last_name
    end
group by cards_sold.customer_id, cards_sold.order_id, cards_sold.ordered_on, cards_sold.ordered_at
