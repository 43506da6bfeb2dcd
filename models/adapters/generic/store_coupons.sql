select * from {{ source('store', 'coupons') }}
