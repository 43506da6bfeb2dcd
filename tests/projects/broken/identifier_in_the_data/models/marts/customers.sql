select 'ann' || chr(64) || 'example.com' as nickname
