select * from {{ source('store', 'product_variants') }}
