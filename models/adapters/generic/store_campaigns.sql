select * from {{ source('store', 'campaigns') }}
