select to_json(customers) as everything
from {{ ref('stg_customers') }} as customers
