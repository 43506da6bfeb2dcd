select order_id from {{ source('shop', 'ordres') }}
