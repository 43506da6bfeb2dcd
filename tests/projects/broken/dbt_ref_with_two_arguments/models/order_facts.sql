select * from {{ ref('shop', 'orders') }}
