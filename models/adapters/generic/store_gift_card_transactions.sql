select * from {{ source('store', 'gift_card_transactions') }}
