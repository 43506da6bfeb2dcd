-- The names and addresses on every order. One row per order_key.
with order_heads as (

    select * from {{ ref('order_heads') }}

),

people as (

    select * from {{ ref('people') }}

),

recipients as (

    select * from {{ ref('recipients') }}

),

address_book as (

    select * from {{ ref('address_book') }}

),

numbered as (

    select
        order_key,
        customer_number,
        recipient_no,
        shipping_role,
        {{ address_number(
            "case when billing_role = 0 then household_number else customer_number end",
                'billing_role') }}
            as billing_number,
        {{ address_number(
            "case when shipping_role = 0 then household_number else customer_number end",
                'shipping_role') }}
            as shipping_number,
        -- one gift in twelve that is sent away keeps the buyer's name on the parcel
        shipping_role >= 8 and not {{ chance('order_key', 'own_name_on_gift', 0.08) }}
            as names_recipient
    from order_heads

)

select
    numbered.order_key,
    numbered.billing_number,
    numbered.shipping_number,
    people.first_name as billing_first_name,
    people.last_name as billing_last_name,
    bills.address1 as billing_address1,
    bills.address2 as billing_address2,
    bills.city as billing_city,
    bills.region_code as billing_region_code,
    bills.postal_code as billing_postal_code,
    bills.country_code as billing_country_code,
    case when numbered.shipping_role is null then null
        when numbered.names_recipient then recipients.first_name else people.first_name end
            as shipping_first_name,
    case when numbered.shipping_role is null then null
        when numbered.names_recipient then recipients.last_name else people.last_name end
            as shipping_last_name,
    parcels.address1 as shipping_address1,
    parcels.address2 as shipping_address2,
    parcels.city as shipping_city,
    parcels.region_code as shipping_region_code,
    parcels.postal_code as shipping_postal_code,
    parcels.country_code as shipping_country_code
from numbered
inner join people on numbered.customer_number = people.customer_number
inner join address_book as bills on numbered.billing_number = bills.address_number
left join address_book as parcels on numbered.shipping_number = parcels.address_number
left join recipients
    on
        numbered.customer_number = recipients.customer_number
        and numbered.recipient_no = recipients.recipient_no
        and numbered.names_recipient
