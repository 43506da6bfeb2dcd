-- The canonical referrals: people invited by somebody with a lower number. One row per referral_id.
with people as (

    select customer_number, customer_id, person_kind from {{ ref('people') }}
    where person_kind in ('buyer', 'lead') and customer_number > 20

),

registrations as (

    select customer_number, created_at, first_ordered_at from {{ ref('registrations') }}

),

invited as (

    select
        people.customer_number,
        people.customer_id,
        registrations.created_at,
        registrations.first_ordered_at,
        people.customer_number - 1 - {{ pick('people.customer_number', 'referrer_distance', 20) }}
            as referrer_number,
        {{ later('registrations.created_at',
            "-12 * " ~ draw('people.customer_number', 'invited_before')) }} as invited_at
    from people
    inner join registrations on people.customer_number = registrations.customer_number
    where {{ chance('people.customer_number', 'referred', 0.08) }}

),

-- guests cannot invite, nor can anybody long before they came themselves
allowed as (

    select
        *,
        (select min(order_key) from {{ ref('purchases') }} as purchases
            where purchases.customer_number = invited.customer_number) as first_order_key
    from invited
    where
        {{ draw('referrer_number', 'person_kind') }} >= 0.212
        and {{ draw('referrer_number', 'arrival') }} * 1096
            + 45 < date_diff('day', {{ opens_at() }}, invited_at)
        and invited_at >= {{ opens_at() }}

)

select
    'RF' || customer_number as referral_id,
    'C' || lpad(referrer_number::varchar, 8, '0') as referrer_customer_id,
    'FRIEND' || referrer_number as code,
    customer_id as friend_customer_id,
    invited_at,
    'O' || first_order_key as order_id,
    case when first_order_key is null then 'registered'
        when first_ordered_at < {{ closes_at() }} - interval 14 day then 'rewarded'
            else 'ordered' end as status,
    {{ if_known("first_ordered_at + interval 14 day") }} as rewarded_at,
    {{ loaded_after('invited_at') }} as _loaded_at
from allowed

union all

-- invitations that nobody took up
select
    'RG' || people.customer_number,
    people.customer_id,
    'FRIEND' || people.customer_number,
    null,
    {{ later('registrations.created_at',
        "100 * " ~ draw('people.customer_number', 'invites_when')) }},
    null,
    'invited',
    null,
    {{ loaded_after('registrations.created_at') }}
from people
inner join registrations on people.customer_number = registrations.customer_number
where
    {{ chance('people.customer_number', 'invites', 0.05) }}
    and registrations.created_at < {{ closes_at() }} - interval 100 day
