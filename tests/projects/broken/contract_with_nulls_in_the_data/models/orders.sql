select unnest([1, null, 3, null])::integer as order_id
