select * from {{ source('store', 'order_gift_options') }}
