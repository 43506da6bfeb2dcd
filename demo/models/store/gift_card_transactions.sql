-- The canonical gift card movements: issue, use by the buyer's next order, use at a till. One row
-- per transaction_id.
with gift_cards as (

    select * from {{ ref('gift_cards') }}

),

card_payments as (

    select * from {{ ref('card_payments') }}
    where item_key is not null

),

order_fates as (

    select order_key, ordered_at from {{ ref('order_fates') }}

)

select
    gift_card_id || '-1' as transaction_id,
    gift_card_id,
    cast(null as varchar) as order_id,
    initial_value as amount,
    issued_at as occurred_at,
    _loaded_at
from gift_cards

union all

select
    'GC' || card_payments.item_key || '-2',
    'GC' || card_payments.item_key,
    'O' || card_payments.order_key,
    {{ money('-card_payments.amount') }},
    order_fates.ordered_at,
    {{ loaded_after('order_fates.ordered_at') }}
from card_payments
inner join order_fates on card_payments.order_key = order_fates.order_key

union all

select
    gift_cards.gift_card_id || '-3',
    gift_cards.gift_card_id,
    null,
    {{ money('gift_cards.balance - gift_cards.initial_value') }},
    gift_cards.issued_at + interval 45 day,
    {{ loaded_after('gift_cards.issued_at + interval 45 day') }}
from gift_cards
left join card_payments on gift_cards.gift_card_id = 'GC' || card_payments.item_key
where gift_cards.balance < gift_cards.initial_value and card_payments.item_key is null
