select * from {{ source('store', 'orders') }}
