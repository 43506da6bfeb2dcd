select * from {{ source('store', 'carts') }}
