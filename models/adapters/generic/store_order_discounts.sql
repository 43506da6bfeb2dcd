select * from {{ source('store', 'order_discounts') }}
