select * from {{ source('store', 'identity_links') }}
