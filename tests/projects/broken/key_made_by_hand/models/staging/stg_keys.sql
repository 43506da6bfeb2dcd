select customer_id, md5(email) as email_key from {{ ref('stg_customers') }}
