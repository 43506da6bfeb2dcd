select
    customer_id,
    country_code,
    email is not null as has_email
from {{ source('shop', 'customers') }}
