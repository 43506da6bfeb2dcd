select * from {{ source('store', 'reviews') }}
