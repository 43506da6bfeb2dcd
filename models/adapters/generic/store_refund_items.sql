select * from {{ source('store', 'refund_items') }}
