select * from {{ source('store', 'refunds') }}
