select * from {{ source('store', 'loyalty_members') }}
