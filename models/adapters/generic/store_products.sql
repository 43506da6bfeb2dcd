select * from {{ source('store', 'products') }}
