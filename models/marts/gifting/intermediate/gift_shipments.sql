with shipments as (

    select * from {{ ref('other_address_orders') }}

),

pickup_points as (

    select address_key from {{ ref('stg_customer_addresses') }}
    where is_pickup_point and address_key is not null
    group by address_key

),

-- an office or a second home: the same other address again and again, under the own last name
own_addresses as (

    select customer_id, shipping_address_key from shipments
    where has_own_last_name
    group by customer_id, shipping_address_key
    having count(*) >= {{ var('own_alt_address_min_orders') }}

)

select
    shipments.order_id,
    shipments.customer_id,
    shipments.is_other_person,
    shipments.is_other_region,
    shipments.ordered_on,
    shipments.ordered_at
from shipments
left join own_addresses
    on shipments.customer_id = own_addresses.customer_id
    and shipments.shipping_address_key = own_addresses.shipping_address_key
left join pickup_points on shipments.shipping_address_key = pickup_points.address_key
where own_addresses.customer_id is null and pickup_points.address_key is null
