with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

order_addresses as (

    select * from {{ ref('stg_orders') }}

),

own_names as (

    select * from {{ ref('buyer_own_names') }}

),

own_first_names as (

    select customer_id, first_name_key from own_names
    where first_name_key is not null
    group by customer_id, first_name_key

),

own_last_names as (

    select customer_id, last_name_key from own_names
    where last_name_key is not null
    group by customer_id, last_name_key

),

named_customers as (

    select customer_id from own_names
    where first_name_key is not null and last_name_key is not null
    group by customer_id

)

select
    candidate_orders.order_id,
    candidate_orders.customer_id,
    order_addresses.shipping_address_key,
    own_last_names.customer_id is not null as has_own_last_name,
    named_customers.customer_id is not null
    and order_addresses.shipping_first_name_key is not null
    and order_addresses.shipping_last_name_key is not null
    and own_first_names.customer_id is null
    and own_last_names.customer_id is null as is_other_person,
    coalesce(
        candidate_orders.billing_country_code <> candidate_orders.shipping_country_code
        or candidate_orders.billing_region_code <> candidate_orders.shipping_region_code,
        false
    ) as is_other_region,
    candidate_orders.ordered_on,
    candidate_orders.ordered_at
from candidate_orders
inner join order_addresses
    on candidate_orders.order_id = order_addresses.order_id
    and order_addresses.billing_address_key <> order_addresses.shipping_address_key
left join named_customers on candidate_orders.customer_id = named_customers.customer_id
left join own_first_names
    on candidate_orders.customer_id = own_first_names.customer_id
    and order_addresses.shipping_first_name_key = own_first_names.first_name_key
left join own_last_names
    on candidate_orders.customer_id = own_last_names.customer_id
    and order_addresses.shipping_last_name_key = own_last_names.last_name_key
