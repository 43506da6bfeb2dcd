select * from {{ source('store', 'subscriptions') }}
