select
    customer_id,
    created_at
from {{ ref('customers') }}
where created_at >= {{ as_of() }}
