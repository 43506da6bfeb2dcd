-- The canonical coupons: the codes of everybody, written with the shop's first person, and the
-- codes of one holder. One row per code.
with registrations as (

    select * from {{ ref('registrations') }}

),

order_heads as (

    select * from {{ ref('order_heads') }}
    where discount_share > 0

),

people as (

    select customer_number, customer_id, person_kind from {{ ref('people') }}

),

holder_codes as (

    select
        {{ discount_code('order_heads') }} as code,
        people.customer_id,
        order_heads.discount_share,
        order_heads.ordered_at - interval 9 day as starts_at
    from order_heads
    inner join people on order_heads.customer_number = people.customer_number

)

select
    listed.code,
    listed.campaign_id,
    cast(null as varchar) as holder_customer_id,
    listed.discount_type,
    {{ money('listed.value') }} as value,
    {{ money('listed.min_order') }} as min_order,
    {{ money('100') }} as max_discount,
    {{ opens_at() }} as starts_at,
    {{ closes_at() }} + interval 365 day as expires_at,
    cast(1000000 as integer) as usage_limit,
    cast(listed.per_customer_limit as integer) as per_customer_limit,
    listed.is_active,
    {{ closes_at() }} + interval 3 hour as _loaded_at
from (
    values
    ('SAVE10', 'CMP003', 'percentage', 10, 0, 20, true),
        ('SAVE15', 'CMP007', 'percentage', 15, 0, 20, true),
    ('SAVE20', 'STD03', 'percentage', 20, 0, 20, true),
        ('SAVE25', 'CMP011', 'percentage', 25, 0, 20, true),
    ('FREESHIP', 'STD02', 'shipping', 0, 0, 20, true),
        ('SPRING24', 'CMP015', 'percentage', 15, 40, 1, false)
) as listed (code, campaign_id, discount_type, value, min_order, per_customer_limit, is_active)
where {{ var('first_customer') }} = 1

union all

select
    code,
    'STD03',
    customer_id,
    'percentage',
    {{ money('discount_share * 100') }},
    {{ money('0') }},
    {{ money('100') }},
    starts_at,
    starts_at + interval 30 day,
    cast(1 as integer),
    cast(1 as integer),
    true,
    {{ loaded_after('starts_at') }}
from holder_codes
where code like 'OWN%'

union all

-- welcome codes that nobody used yet
select
    'WELC' || people.customer_number,
    'STD01',
    people.customer_id,
    'percentage',
    {{ money('10') }},
    {{ money('0') }},
    {{ money('25') }},
    registrations.created_at,
    registrations.created_at + interval 60 day,
    cast(1 as integer),
    cast(1 as integer),
    true,
    {{ loaded_after('registrations.created_at') }}
from people
inner join registrations on people.customer_number = registrations.customer_number
where people.person_kind in ('buyer', 'lead')
    and {{ chance('people.customer_number', 'welcome_code', 0.12) }}
