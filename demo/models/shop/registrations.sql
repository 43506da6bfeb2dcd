-- When an account was made, and when its owner asked to be forgotten. Most people register with
-- their first order; some look around for a while before. One row per customer_number.
with people as (

    select * from {{ ref('people') }}

),

first_orders as (

    select customer_number, min(ordered_at) as first_ordered_at from {{ ref('purchases') }}
    group by customer_number

),

created as (

    select
        people.customer_number,
        people.person_kind,
        first_orders.first_ordered_at,
        case
            when first_orders.first_ordered_at is null then {{ moment('people.arrival_second') }}
            when {{ chance('people.customer_number', 'looks_around', 0.25) }}
            then greatest({{ opens_at() }}, {{ later('first_orders.first_ordered_at',
                '-45 * ' ~ draw('people.customer_number', 'looking_days')) }})
            else greatest({{ opens_at() }}, first_orders.first_ordered_at - to_seconds(
                60 + {{ pick('people.customer_number', 'checkout_seconds', 900) }}))
        end as created_at
    from people
    left join first_orders on people.customer_number = first_orders.customer_number

)

select
    customer_number,
    first_ordered_at,
    created_at,
    case
        when person_kind in ('buyer', 'lead')
            and {{ chance('customer_number', 'forgotten', 0.006) }}
        then {{ later('created_at', "date_diff('day', created_at, " ~ closes_at() ~ ") * "
            ~ draw('customer_number', 'forgotten_when')) }}
    end as deleted_at
from created
