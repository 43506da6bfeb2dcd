-- The canonical rules of coupon campaigns. One row per rule_id.
select
    rule_id,
    campaign_id,
    rule_type,
    operator,
    value,
    {{ closes_at() }} + interval 3 hour as _loaded_at
from (
    values
    ('RULE01', 'STD01', 'order_count', '=', '0'),
    ('RULE02', 'STD02', 'segment', '=', 'cart_abandoner'),
    ('RULE03', 'STD03', 'order_total', '>', '100'),
    ('RULE04', 'STD03', 'segment', '=', 'reengage_3m'),
    ('RULE05', 'STD06', 'budget', '<=', '20000'),
    ('RULE06', 'STD04', 'country', 'in', 'US,CA,GB,DE'),
    ('RULE07', 'STD05', 'item_price', '>=', '5')
) as listed (rule_id, campaign_id, rule_type, operator, value)
