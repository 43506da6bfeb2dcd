select unnest([1, 2, 2, 3, 3]) as order_id
