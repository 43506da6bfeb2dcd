select * from {{ source('store', 'experiments') }}
