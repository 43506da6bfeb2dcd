select * from {{ source('store', 'customers') }}
