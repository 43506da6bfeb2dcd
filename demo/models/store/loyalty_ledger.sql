-- The canonical points ledger: a point per unit of money earned, some redeemed, expired, adjusted.
-- One row per entry_id.
with loyalty_people as (

    select * from {{ ref('loyalty_people') }}

),

order_fates as (

    select order_key, customer_number, ordered_at, grand_total from {{ ref('order_fates') }}
    where cancel_reason is null

),

earnings as (

    select
        order_fates.order_key,
        loyalty_people.customer_id,
        cast(floor(order_fates.grand_total) as integer) as points,
        order_fates.ordered_at
    from order_fates
    inner join loyalty_people on order_fates.customer_number = loyalty_people.customer_number
    where order_fates.ordered_at >= loyalty_people.joined_at

)

select
    'LE' || order_key as entry_id,
    customer_id,
    points,
    'earn' as entry_type,
    'O' || order_key as order_id,
    ordered_at as occurred_at,
    ordered_at + interval 365 day as expires_at,
    {{ loaded_after('ordered_at') }} as _loaded_at
from earnings

union all

select
    'LR' || order_key,
    customer_id,
    -points,
    'redeem',
    'O' || order_key,
    ordered_at + interval 20 day,
    null,
    {{ loaded_after('ordered_at + interval 20 day') }}
from earnings
where points > 100 and ordered_at < {{ closes_at() }} - interval 20 day
    and {{ chance('order_key', 'redeems_points', 0.18) }}

union all

select
    'LX' || order_key,
    customer_id,
    -points,
    'expire',
    null,
    ordered_at + interval 365 day,
    null,
    {{ loaded_after('ordered_at + interval 365 day') }}
from earnings
where
    ordered_at + interval 365 day < {{ closes_at() }}
    and not (points > 100 and {{ chance('order_key', 'redeems_points', 0.18) }})
    and {{ chance('order_key', 'points_expire', 0.35) }}

union all

select
    'LA' || customer_number,
    customer_id,
    cast(25 as integer),
    'adjust',
    null,
    joined_at,
    joined_at + interval 365 day,
    {{ loaded_after('joined_at') }}
from loyalty_people
where {{ chance('customer_number', 'welcome_points', 0.5) }}
