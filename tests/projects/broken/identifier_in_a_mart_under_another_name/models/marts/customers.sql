select
    customer_id,
    split_part(email, '@', 1) as nickname
from {{ ref('stg_customers') }}
