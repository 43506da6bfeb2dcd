select
    1::bigint as order_id,
    2.5::decimal(18, 4) as amount
