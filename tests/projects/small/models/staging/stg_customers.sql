select
    'c' || number as customer_id,
    'c' || number || '@example.com' as email,
    ['GB', 'IE', 'FR', 'BG', 'DE'][1 + number % 5] as country_code,
    {{ var('build_stamp') }} as build_stamp
from range({{ var('order_count') }} // 4) as numbers (number)
