select unnest(['ann@example.com', 'ann@example.com']) as email
