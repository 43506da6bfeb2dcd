-- The canonical experiments. One row per experiment_id.
select
    experiment_id,
    campaign_id,
    salt,
    variants,
    starts_at,
    ends_at,
    metric,
    cast(window_days as integer) as window_days,
    'customer_id' as unit,
    {{ closes_at() }} + interval 3 hour as _loaded_at
from (
    values
    ('EXP01', 'STD01', 'welcome-2025', 'code:50,free_shipping:50', timestamp '2025-03-01',
        timestamp '2025-09-01', 'conversion', 30),
    ('EXP02', 'STD02', 'cart-2026', 'control:10,reminder:45,coupon:45', timestamp '2026-02-01',
        timestamp '2026-12-31', 'revenue', 14),
    ('EXP03', 'STD03', 'missyou-2026', 'control:20,offer:80', timestamp '2026-05-01',
        timestamp '2026-11-30', 'conversion', 45)
) as listed (experiment_id, campaign_id, salt, variants, starts_at, ends_at, metric, window_days)
