select * from {{ source('store', 'payments') }}
