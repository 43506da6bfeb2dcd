-- The canonical offers. One row per offer_id.
select
    offer_id,
    offer_type,
    {{ money('value') }} as value,
    {{ money('min_order') }} as min_order,
    {{ money('max_discount') }} as max_discount,
    cast(valid_hours as integer) as valid_hours,
    stackable,
    {{ money('unit_cost_estimate') }} as unit_cost_estimate,
    {{ closes_at() }} + interval 3 hour as _loaded_at
from (
    values
    ('OFFNONE', 'percent', 0, 0, 0, 336, true, 0.00),
    ('OFF10', 'percent', 10, 0, 50, 336, false, 4.50),
    ('OFF20', 'percent', 20, 100, 100, 168, false, 16.00),
    ('OFF50', 'percent', 50, 0, 500, 168, false, 30.00),
    ('OFFWELCOME', 'percent', 10, 0, 25, 48, false, 3.20),
    ('OFFSHIP', 'free_shipping', 0, 50, 15, 48, true, 6.95),
    ('OFFGIFT', 'gift', 0, 60, 15, 336, false, 5.00),
    ('OFFSORRY', 'amount', 10, 0, 10, 720, true, 10.00),
    ('OFFPOINTS', 'points', 50, 0, 5, 720, true, 0.50),
    ('OFFCARD', 'gift_card', 20, 150, 20, 720, false, 12.00)
) as listed (offer_id, offer_type, value, min_order, max_discount, valid_hours, stackable,
    unit_cost_estimate)
