select unnest([1, 2]) as order_id
