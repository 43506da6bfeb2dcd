select
    1 as order_id,
    'a' as customer_id,
    12.5 as amount
