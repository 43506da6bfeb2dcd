select * from {{ source('store', 'order_items') }}
