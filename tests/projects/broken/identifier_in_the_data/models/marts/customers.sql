select 'ann@example.com' as nickname
