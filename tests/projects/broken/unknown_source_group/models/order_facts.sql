select order_id from {{ source('shp', 'orders') }}
