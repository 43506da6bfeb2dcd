-- From when to when each person looks in at the shop: two months longer than they buy.
-- One row per customer_number.
with registrations as (

    select * from {{ ref('registrations') }}

),

lifetimes as (

    select * from {{ ref('lifetimes') }}

)

select
    registrations.customer_number,
    registrations.created_at,
    least({{ closes_at() }}, coalesce(
        {{ later(moment('lifetimes.active_until_day * 86400'), '60') }},
        {{ later('registrations.created_at', '120') }}
    )) as leaves_at
from registrations
left join lifetimes on registrations.customer_number = lifetimes.customer_number
