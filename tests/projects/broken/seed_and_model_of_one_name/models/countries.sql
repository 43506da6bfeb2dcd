select 'GB' as country
