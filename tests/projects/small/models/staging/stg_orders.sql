select
    'o' || number as order_id,
    -- the lesser of two: low numbers buy often, high ones seldom
    'c' || least(number % customer_count, (number // 3 * 7919) % customer_count) as customer_id,
    {{ money('(number * 7919) % 30011 / 100') }} as amount,
    date '2024-01-01' + cast(number % 700 as integer) as ordered_on,
    {{ var('build_stamp') }} as build_stamp
from range({{ var('order_count') }}) as numbers (number)
cross join (select {{ var('order_count') }} // 4 as customer_count) as shop
