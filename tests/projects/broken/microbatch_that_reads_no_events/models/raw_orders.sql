select timestamp '2026-10-01' as ordered_at
