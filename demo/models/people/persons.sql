-- Who stands behind each shop account number: a person of their own, somebody's second account, or
-- a member of a household that another number leads. Only lower numbers are referred to, so a
-- larger shop keeps its first people. One row per customer_number.
with numbers as (

    select unnest(
        range(cast({{ var('first_customer') }} as bigint),
            cast({{ var('last_customer') }} as bigint) + 1))
        as customer_number

),

candidates as (

    select
        customer_number,
        customer_number - 1 - {{ pick('customer_number', 'twin_distance', 5) }} as twin_number
    from numbers

),

selves as (

    select
        customer_number,
        case
            when
                twin_number > 0
                and {{ chance('customer_number', 'twin', 0.025) }}
                and not {{ chance('twin_number', 'twin', 0.025) }}
            then twin_number
            else customer_number
        end as person_number
    from candidates

),

neighbours as (

    select
        customer_number,
        person_number,
        person_number - 7 - {{ pick('person_number', 'leader_distance', 6) }} as leader_number
    from selves

)

select
    customer_number,
    person_number,
    case
        when
            leader_number > 0
            and {{ chance('person_number', 'joins_household', 0.10) }}
            and not {{ chance('leader_number', 'joins_household', 0.10) }}
        then leader_number
        else person_number
    end as household_number,
    case
        when {{ chance('customer_number', 'person_kind', 0.002) }} then 'test'
        when {{ chance('customer_number', 'person_kind', 0.140) }} then 'lead'
        when {{ chance('customer_number', 'person_kind', 0.205) }} then 'guest'
        when {{ chance('customer_number', 'person_kind', 0.212) }} then 'fraudster'
        else 'buyer'
    end as person_kind
from neighbours
