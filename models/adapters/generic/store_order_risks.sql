select * from {{ source('store', 'order_risks') }}
