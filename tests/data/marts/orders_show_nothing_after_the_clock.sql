select
    order_id,
    ordered_at,
    shipped_at,
    delivered_at
from {{ ref('order_facts') }}
where
    ordered_at >= {{ as_of() }}
    or shipped_at >= {{ as_of() }}
    or delivered_at >= {{ as_of() }}
