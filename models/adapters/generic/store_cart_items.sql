select * from {{ source('store', 'cart_items') }}
