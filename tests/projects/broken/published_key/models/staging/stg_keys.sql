select customer_id, {{ identity_key('email') }} as email_key from {{ ref('stg_customers') }}
