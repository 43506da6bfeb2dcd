select 1 as order_id, date '2026-01-01' as ordered_on
