select * from {{ source('store', 'gift_cards') }}
