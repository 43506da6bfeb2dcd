select 'a' as customer_id from {{ ref('visits') }}
