select order_id, totl from {{ source('shop', 'orders') }}
