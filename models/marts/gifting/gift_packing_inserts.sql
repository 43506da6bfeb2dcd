with gift_orders as (

    select * from {{ ref('gift_orders') }}

),

order_statuses as (

    select order_id, fulfillment_status from {{ ref('stg_orders') }}

),

experiences as (

    select * from {{ ref('gift_order_experiences') }}

),

orders as (

    select * from {{ ref('order_facts') }}
    where shipped_at is null
        and delivered_at is null
        and not is_fully_refunded

),

shipments as (

    select order_id, promised_ship_at from {{ ref('order_shipments') }}

),

-- who objected to profiling finds nothing in the parcel
permitted_customers as (

    select customer_id from {{ ref('customer_permissions') }}
    where may_profile

),

own_address_gifts as (

    select * from gift_orders
    where is_unpacked_by_giver
        and date_diff('day', ordered_on, {{ as_of_on() }}) <= {{ var('gift_self_address_days') }}

),

disappointed_customers as (

    select gift_orders.customer_id
    from gift_orders
    inner join experiences on gift_orders.order_id = experiences.order_id
    where not experiences.is_good
    group by gift_orders.customer_id

)

select
    own_address_gifts.order_id,
    own_address_gifts.customer_id,
    case
        when disappointed_customers.customer_id is not null then 'giver_goodwill'
        else 'giver_offer'
    end as insert_code,
    row_number() over (
        order by
            shipments.promised_ship_at nulls last,
            own_address_gifts.ordered_on,
            own_address_gifts.order_id
    ) as packing_rank,
    own_address_gifts.has_message,
    own_address_gifts.has_wrap,
    own_address_gifts.ordered_on,
    shipments.promised_ship_at
from own_address_gifts
inner join orders on own_address_gifts.order_id = orders.order_id
inner join order_statuses on own_address_gifts.order_id = order_statuses.order_id
inner join permitted_customers on own_address_gifts.customer_id = permitted_customers.customer_id
left join shipments on own_address_gifts.order_id = shipments.order_id
left join disappointed_customers
    on own_address_gifts.customer_id = disappointed_customers.customer_id
-- the status is of today's extract; where parcels are known, they know better
where
    shipments.order_id is not null
    or coalesce(order_statuses.fulfillment_status, 'unfulfilled') <> 'fulfilled'
