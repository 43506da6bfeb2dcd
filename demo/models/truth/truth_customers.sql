-- What is true of each person and hidden from the shop. A person's second account carries the first
-- one's person_id. One row per customer_number.
with people as (

    select * from {{ ref('people') }}

),

lifetimes as (

    select * from {{ ref('lifetimes') }}

),

gifts_per_customer as (

    select
        customer_number,
        count(*) as order_count,
        count_if(is_gift) as gift_order_count,
        min(ordered_at) filter (is_gift) as first_gift_ordered_at
    from {{ ref('intents') }}
    group by customer_number

)

select
    people.customer_number,
    case when people.person_kind <> 'guest' then people.customer_id end as customer_id,
    'PERSON' || people.person_number as person_id,
    'HOUSEHOLD' || people.household_number as household_id,
    people.email_norm,
    people.person_kind,
    case when people.is_female then 'f' else 'm' end as gender,
    people.purchase_rate as purchases_per_shop_day,
    people.drop_probability,
    people.arrival_second / 86400.0e0 as arrival_shop_day,
    coalesce(gifts_per_customer.order_count, 0) as order_count,
    coalesce(gifts_per_customer.gift_order_count, 0) as gift_order_count,
    coalesce(gifts_per_customer.gift_order_count, 0) > 0 as is_gift_giver,
    people.giving_rate,
    coalesce(lifetimes.is_dropped, false) as is_dropped,
    case when lifetimes.is_dropped
        then cast({{ opens_at() }}
            + to_days(cast(floor(lifetimes.last_day) as integer)) as date) end as dropped_on,
    gifts_per_customer.first_gift_ordered_at
from people
left join lifetimes on people.customer_number = lifetimes.customer_number
left join gifts_per_customer on people.customer_number = gifts_per_customer.customer_number
