select 'a' as customer_id, 10::integer as amount
