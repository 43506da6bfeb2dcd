select '{{ ''.__class__.__mro__ }}' as order_id
