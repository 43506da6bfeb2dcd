select * from {{ source('store', 'customer_addresses') }}
