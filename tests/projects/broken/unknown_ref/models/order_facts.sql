select order_id from {{ ref('ordrs') }}
