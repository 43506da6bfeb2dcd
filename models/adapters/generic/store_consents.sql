select * from {{ source('store', 'consents') }}
