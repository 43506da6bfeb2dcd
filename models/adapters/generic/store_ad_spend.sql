select * from {{ source('store', 'ad_spend') }}
