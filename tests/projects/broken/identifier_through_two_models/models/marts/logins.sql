select
    customer_id,
    max(login) as last_login
from {{ ref('stg_people') }}
group by customer_id
