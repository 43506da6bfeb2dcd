select 'a' as customer_id
