select 1 as order_count, 2 as refund_count
