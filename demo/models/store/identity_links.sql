-- The canonical identity links: what else the shop has seen together with an account.
-- One row per identifier_type, identifier_value_norm, customer_id.
with people as (

    select * from {{ ref('people') }}
    where person_kind <> 'guest'

),

registrations as (

    select * from {{ ref('registrations') }}

)

select
    'email' as identifier_type,
    people.email_norm as identifier_value_norm,
    people.customer_id,
    registrations.created_at as first_seen_at,
    'account' as source,
    {{ loaded_after('registrations.created_at') }} as _loaded_at
from people
inner join registrations on people.customer_number = registrations.customer_number

union all

select
    'device',
    'D' || people.person_number,
    people.customer_id,
    registrations.created_at,
    'web',
    {{ loaded_after('registrations.created_at') }}
from people
inner join registrations on people.customer_number = registrations.customer_number
where {{ chance('people.customer_number', 'device_known', 0.6) }}

union all

select
    'loyalty',
    'L' || lpad(people.person_number::varchar, 9, '0'),
    people.customer_id,
    registrations.created_at + interval 1 day,
    'loyalty',
    {{ loaded_after('registrations.created_at') }} + interval 1 day
from people
inner join registrations on people.customer_number = registrations.customer_number
where {{ chance('people.person_number', 'loyal', 0.35) }}
