select timestamp '2026-10-01' as ordered_at where timestamp '2026-10-01' < '{{ var('as_of') }}'
