select * from {{ source('store', 'referrals') }}
