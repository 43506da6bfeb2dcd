select * from {{ source('store', 'coupon_redemptions') }}
