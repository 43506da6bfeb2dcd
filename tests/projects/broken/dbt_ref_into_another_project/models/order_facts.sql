select * from {{ ref('warehouse_core', 'orders') }}
