select
    customer_id,
    email_key
from {{ ref('stg_keys') }}
