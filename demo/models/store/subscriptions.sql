-- The canonical subscriptions: a third of those who replenish have one; their orders come at their
-- own pace anyway. One row per subscription_id.
with replenishment_habits as (

    select * from {{ ref('replenishment_habits') }}
    where {{ chance('customer_number', 'subscribes', 0.33) }}

),

people as (

    select customer_number, customer_id from {{ ref('people') }}

),

registrations as (

    select * from {{ ref('registrations') }}

),

lifetimes as (

    select * from {{ ref('lifetimes') }}

),

started as (

    select
        replenishment_habits.customer_number,
        people.customer_id,
        'P' || lpad(replenishment_habits.product_no::varchar, 5, '0') as product_id,
        cast(greatest(14, round(replenishment_habits.true_interval_days / 7) * 7) as integer)
            as interval_days,
        {{ later('registrations.first_ordered_at', '10') }} as started_at,
        case when lifetimes.is_dropped
            then greatest({{ later('registrations.first_ordered_at', '12') }},
                {{ moment('lifetimes.last_day * 86400') }}) end as ended_at
    from replenishment_habits
    inner join people on replenishment_habits.customer_number = people.customer_number
    inner join registrations on replenishment_habits.customer_number = registrations.customer_number
    inner join lifetimes on replenishment_habits.customer_number = lifetimes.customer_number

)

select
    'S' || customer_number as subscription_id,
    customer_id,
    product_id,
    interval_days,
    case when ended_at < {{ closes_at() }} then 'cancelled'
        when {{ chance('customer_number', 'subscription_paused', 0.06) }} then 'paused'
            else 'active' end as status,
    started_at,
    {{ if_known('ended_at') }} as cancelled_at,
    case when ended_at is null or ended_at >= {{ closes_at() }}
        then {{ closes_at() }}
            + to_days(1
                + cast({{ pick('customer_number', 'next_charge', 'interval_days') }} as integer))
        end as next_charge_at,
    {{ loaded_after('started_at') }} as _loaded_at
from started
where started_at < {{ closes_at() }}
