select (select order_id from {{ ref('orders') }}) as order_id
