select * from {{ source('store', 'coupon_rules') }}
