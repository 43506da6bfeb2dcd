-- Every purchase of the shop and when it was made: at the person's own rate (ordinals to 599), to
-- replenish a consumable (from 600), for a yearly occasion of somebody dear (from 800). One row per
-- order_key.
with rate_purchases as (

    select * from {{ ref('rate_purchases') }}

),

lifetimes as (

    select * from {{ ref('lifetimes') }}

),

people as (

    select * from {{ ref('people') }}

),

replenishment_habits as (

    select * from {{ ref('replenishment_habits') }}

),

replenishments as (

    select
        replenishment_habits.customer_number,
        replenishment_habits.true_interval_days,
        unnest(range(0, cast(least(
            100,
                (lifetimes.active_until_day - lifetimes.first_day)
                    / replenishment_habits.true_interval_days
        ) as bigint))) as turn,
        lifetimes.first_day
    from replenishment_habits
    inner join lifetimes on replenishment_habits.customer_number = lifetimes.customer_number

),

yearly_gifts as (

    select
        people.customer_number,
        lifetimes.first_day,
        lifetimes.active_until_day,
        years.calendar_year,
        -- a few days before the recipient's day, which is the same every year
        {{ pick('people.customer_number * 8 + 1 + people.customer_number % 3', 'recipient_birthday',
            365) }}
        + date_diff('day', date '2023-11-01', make_date(years.calendar_year, 1, 1))
        - 3 - {{ pick('people.customer_number * 8 + years.calendar_year % 8', 'yearly_lead', 9) }}
        + {{ draw('people.customer_number * 8 + years.calendar_year % 8', 'yearly_hour') }}
            as calendar_day
    from people
    inner join lifetimes on people.customer_number = lifetimes.customer_number
    cross join (select unnest(range(2023, 2027)) as calendar_year) as years
    where
        people.is_giver
        and people.gives_every_year
        and {{ chance('people.customer_number * 8 + years.calendar_year % 8', 'yearly_kept', 0.8) }}

),

planned as (

    select customer_number, ordinal, 'rate' as stream, calendar_day
    from rate_purchases

    union all

    select
        customer_number,
        600 + turn,
        'replenishment',
        first_day + 5
        + true_interval_days
            * (turn + 0.12 * {{ normal('customer_number * 1000 + turn', 'turn_a', 'turn_b') }})
            as calendar_day
    from replenishments

    union all

    select customer_number, 800 + calendar_year % 100, 'yearly', calendar_day
    from yearly_gifts
    where calendar_day between first_day + 1 and active_until_day

),

timed as (

    select
        planned.customer_number,
        planned.customer_number * 1000 + planned.ordinal as order_key,
        planned.ordinal,
        planned.stream,
        cast(to_days(cast(floor(planned.calendar_day) as integer)) + {{ opens_at() }} as date)
            as local_day,
        {{ moment('(floor(planned.calendar_day) + ' ~ busy_hour('(planned.calendar_day % 1)')
            ~ ') * 86400 - people.hours_from_utc * 3600') }} as ordered_at
    from planned
    inner join people on planned.customer_number = people.customer_number
    where planned.calendar_day >= 0

)

select * from timed
where ordered_at >= {{ opens_at() }} and ordered_at < {{ closes_at() }}
