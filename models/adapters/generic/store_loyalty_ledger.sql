select * from {{ source('store', 'loyalty_ledger') }}
