with carts as (

    select * from {{ ref('cart_activity') }}

),

customers as (

    select * from {{ ref('account_traits') }}
    where acquisition_channel is not null

),

visitor_days as (

    select * from {{ ref('visitor_days') }}
    where utm_medium is not null

),

traffic_channels as (

    select * from {{ ref('traffic_channels') }}

),

-- the last known source of the visitor before the cart was filled, where no person's is known
cart_visits as (

    select
        carts.cart_id,
        -- lint: allow tie: a visitor has one row a day
        max_by(
            visitor_days.utm_medium,
            (visitor_days.visited_on, visitor_days.utc_on, visitor_days.anonymous_id)
        ) as utm_medium
    from carts
    left join customers on carts.customer_id = customers.customer_id
    inner join visitor_days
        on carts.anonymous_id = visitor_days.anonymous_id
        and date_diff('day', visitor_days.visited_on, {{ local_date('carts.created_at') }})
        between 0 and {{ var('cart_source_days') }}
    where customers.customer_id is null
    group by carts.cart_id

),

named_sources as (

    select
        carts.cart_id,
        coalesce(customers.acquisition_channel, traffic_channels.channel, cart_visits.utm_medium)
            as channel,
        case
            when customers.acquisition_channel is not null then 'acquisition'
            when cart_visits.utm_medium is not null then 'last_visit'
        end as channel_basis
    from carts
    left join customers on carts.customer_id = customers.customer_id
    left join cart_visits on carts.cart_id = cart_visits.cart_id
    left join traffic_channels on cart_visits.utm_medium = traffic_channels.medium

)

select
    cart_id,
    coalesce(channel, 'unknown') as channel,
    coalesce(channel_basis, 'none') as channel_basis,
    coalesce(channel in (select channel from traffic_channels where is_paid), false) as is_paid
from named_sources
