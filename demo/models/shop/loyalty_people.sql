-- Who joined the loyalty programme, when, and the points they earned since. One row per
-- customer_number.
with order_fates as (

    select * from {{ ref('order_fates') }}

),

people as (

    select customer_number, customer_id from {{ ref('people') }}
    where person_kind in ('buyer', 'lead') and {{ chance('person_number', 'loyal', 0.35) }}

),

registrations as (

    select customer_number, created_at from {{ ref('registrations') }}

),

joined as (

    select
        people.customer_number,
        people.customer_id,
        {{ later('registrations.created_at',
            "0.02 + 90 * pow(" ~ draw('people.customer_number', 'joins_loyalty') ~ ", 3)") }}
            as joined_at
    from people
    inner join registrations on people.customer_number = registrations.customer_number

),

earned as (

    select
        joined.customer_number,
        sum(floor(order_fates.grand_total)) as earned_points
    from joined
    inner join order_fates on joined.customer_number = order_fates.customer_number
    where order_fates.ordered_at >= joined.joined_at and order_fates.cancel_reason is null
    group by joined.customer_number

)

select
    joined.*,
    coalesce(earned.earned_points, 0) as earned_points
from joined
left join earned on joined.customer_number = earned.customer_number
where joined.joined_at < {{ closes_at() }}
