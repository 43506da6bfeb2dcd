select * from {{ source('store', 'fulfillments') }}
