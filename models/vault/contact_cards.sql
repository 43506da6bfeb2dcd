with account_sources as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

accounts as (

    select * from {{ ref('stg_customers') }}

),

homes as (

    select * from {{ ref('stg_customer_addresses') }}
    -- nobody lives at a pick-up point
    where address_key is not null and not is_pickup_point
    qualify row_number() over (
        partition by customer_id
        order by is_default desc, address_id
    ) = 1

),

order_customers as (

    select * from {{ ref('order_customers') }}
    where customer_id is not null

),

orders as (

    select * from {{ ref('stg_orders') }}

),

account_cards as (

    select
        account_sources.customer_id,
        -- the account that gave the person its id speaks first, then the older ones
        -- lint: allow tie: a source_id is unique among accounts
        row_number() over (
            partition by account_sources.customer_id
            order by
                account_sources.source_id = account_sources.customer_id desc,
                account_sources.first_seen_at nulls last,
                account_sources.source_id
        ) as card_rank,
        accounts.email,
        accounts.phone,
        accounts.country_code as phone_country_code,
        accounts.first_name,
        accounts.middle_name,
        accounts.last_name,
        homes.address1,
        homes.address2,
        homes.city,
        homes.region_code,
        homes.postal_code,
        homes.country_code
    from account_sources
    inner join accounts on account_sources.source_id = accounts.customer_id
    left join homes on accounts.customer_id = homes.customer_id

),

-- the buyer's own side of an order; the parcel's side may be somebody else's
order_cards as (

    select
        order_customers.customer_id,
        1000000 + row_number() over (
            partition by order_customers.customer_id
            order by orders.ordered_at desc, orders.order_id desc
        ) as card_rank,
        orders.email,
        orders.phone,
        orders.billing_country_code as phone_country_code,
        orders.billing_first_name as first_name,
        cast(null as varchar) as middle_name,
        orders.billing_last_name as last_name,
        case
            when orders.billing_address_key is not null then orders.billing_address1
        end as address1,
        orders.billing_address2 as address2,
        orders.billing_city as city,
        orders.billing_region_code as region_code,
        orders.billing_postal_code as postal_code,
        orders.billing_country_code as country_code
    from order_customers
    inner join orders on order_customers.order_id = orders.order_id

)

select * from account_cards

union all

select * from order_cards
