select 10 as amount, 0 as order_count
