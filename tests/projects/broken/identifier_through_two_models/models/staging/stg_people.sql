with people as (select customer_id, lower(email) as login from {{ ref('stg_customers') }})
select * from people
