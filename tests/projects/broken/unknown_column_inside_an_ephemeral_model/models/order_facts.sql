select order_id from {{ ref('recent') }}
