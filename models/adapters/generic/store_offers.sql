select * from {{ source('store', 'offers') }}
