select customer_id, email from {{ source('shop', 'customers') }}
