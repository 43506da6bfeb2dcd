-- Orders paid in part or whole with a gift card: one bought for oneself by the order before, or one
-- received from somebody the shop does not know. One row per order_key.
with order_lines as (

    select order_key, item_key, unit_price * quantity as card_value from {{ ref('order_lines') }}
    where category_code = 'gift_card' and not is_for_recipient

),

order_fates as (

    select * from {{ ref('order_fates') }}

),

sequenced as (

    select
        customer_number,
        order_key,
        currency,
        financial_status,
        lead(order_key) over (partition by customer_number order by ordered_at, order_key)
            as next_order_key
    from order_fates

),

-- the first such card of the order before
own_cards as (

    select
        sequenced.next_order_key as order_key,
        sequenced.currency,
        min(order_lines.item_key) as item_key,
        min_by(order_lines.card_value, order_lines.item_key) as card_value
    from order_lines
    inner join sequenced on order_lines.order_key = sequenced.order_key
    where sequenced.next_order_key is not null and sequenced.financial_status = 'paid'
    group by sequenced.next_order_key, sequenced.currency

)

select
    order_fates.order_key,
    own_cards.item_key,
    {{ money("case
        when own_cards.item_key is not null
            then least(own_cards.card_value, order_fates.grand_total)
        when order_fates.method = 'gift_card' then order_fates.grand_total
        else least(25, order_fates.grand_total)
    end") }} as amount
from order_fates
left join own_cards
    on order_fates.order_key = own_cards.order_key and order_fates.currency = own_cards.currency
where
    own_cards.item_key is not null
    or order_fates.method = 'gift_card'
    or {{ chance('order_fates.order_key', 'received_card', 0.004) }}
