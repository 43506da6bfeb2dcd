select * from {{ source('store', 'support_tickets') }}
