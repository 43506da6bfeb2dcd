select 'Ann.Example@example.com' as email, 1 as contact_id
