select
    customers.customer_id,
    customers as everything
from {{ ref('stg_customers') }} as customers
