-- The canonical address book of the accounts. One row per address_id.
with people as (

    select * from {{ ref('people') }}
    where person_kind <> 'guest'

),

address_book as (

    select * from {{ ref('address_book') }}

),

saved as (

    select
        people.customer_number,
        roles.role,
        {{ address_number(
            'case when roles.role = 0 then people.household_number else people.customer_number end',
            'roles.role') }} as address_number,
        people.customer_id,
        people.first_name,
        people.last_name,
        roles.role = case when people.moves then 1 else 0 end as is_default
    from people
    cross join (values (0), (1), (2), (3), (4)) as roles (role)
    where
        roles.role = 0
        or (roles.role = 1 and people.moves)
        or (roles.role = 2 and people.has_office)
        or (roles.role = 3 and people.has_second_home)
        or (roles.role = 4 and {{ chance('people.customer_number', 'saves_pickup_point', 0.1) }})

)

select
    'A' || (saved.customer_number * 16 + saved.role) as address_id,
    saved.customer_id,
    address_book.address1,
    address_book.address2,
    address_book.city,
    address_book.region_code,
    address_book.postal_code,
    address_book.country_code,
    saved.first_name,
    saved.last_name,
    saved.is_default,
    address_book.is_pickup_point,
    {{ closes_at() }} + interval 3 hour as _loaded_at
from saved
inner join address_book on saved.address_number = address_book.address_number
