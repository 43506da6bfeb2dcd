-- The visits to the site: those that end with an order (key ends 0), those before an order (1 to
-- 3), those of their own (7). What came of the others: a cart left at a stage, or nothing. One row
-- per visit_key.
with presences as (

    select * from {{ ref('presences') }}

),

traffic_slots as (

    select * from {{ ref('traffic_slots') }}

),

order_heads as (

    select order_key, customer_number, ordered_at, channel, is_gift from {{ ref('order_heads') }}

),

people as (

    select * from {{ ref('people') }}

),

before_orders as (

    select
        customer_number,
        ordered_at,
        order_key * 8 + unnest(range(1, 1 + {{ pick('order_key', 'visits_before', 3) }}))
            as visit_key
    from order_heads

),

own_visits as (

    select
        customer_number,
        created_at,
        leaves_at,
        (customer_number * 1000 + 900
            + unnest(range(0, {{ pick('customer_number', 'own_visits', 11) }}))) * 8
                + 7 as visit_key
    from presences

),

begun as (

    select customer_number, order_key * 8 as visit_key, 'order' as visit_kind,
        ordered_at - to_seconds(240 + {{ pick('order_key', 'visit_length', 1200) }}) as started_at
    from order_heads
    where channel in ('web', 'app')

    union all

    select customer_number, visit_key, 'before_order',
        {{ later('ordered_at', '-0.1 + 3 * ln(' ~ draw('visit_key', 'visit_lead') ~ ')') }}
    from before_orders

    union all

    select customer_number, visit_key, 'own',
        created_at + to_seconds(cast(floor(
            {{ draw('visit_key', 'visit_time') }}
                * greatest(epoch(leaves_at) - epoch(created_at), 600)) as bigint))
    from own_visits

    union all

    -- the days before the close are well visited
    select customer_number, (customer_number * 1000 + 990) * 8 + 7, 'own',
        {{ closes_at() }} - to_seconds(60 + {{ pick('customer_number', 'latest_visit', 250000) }})
    from presences
    where leaves_at = {{ closes_at() }} and {{ chance('customer_number', 'visits_lately', 0.04) }}

)

select
    begun.customer_number,
    begun.visit_key,
    begun.visit_kind,
    begun.started_at,
    case when people.person_kind <> 'guest' and {{ chance('begun.visit_key', 'logged_in', 0.55) }}
        then people.customer_id end
        as customer_id,
    'D' || case when {{ chance('begun.visit_key', 'other_device', 0.25) }}
        then people.person_number || 'm' else people.person_number::varchar end as anonymous_id,
    people.country_code,
    case
        when begun.visit_kind = 'order' then 'completed'
        when not {{ chance('begun.visit_key', 'leaves_cart', 0.38) }} then 'none'
        when {{ chance('begun.visit_key', 'cart_stage', 0.48) }} then 'cart'
        when {{ chance('begun.visit_key', 'cart_stage', 0.65) }} then 'contact'
        when {{ chance('begun.visit_key', 'cart_stage', 0.85) }} then 'shipping'
        else 'payment'
    end as cart_stage,
    1 + {{ pick('begun.visit_key', 'view_count', 3) }} as view_count,
    traffic_slots.utm_source,
    traffic_slots.utm_medium,
    traffic_slots.utm_campaign
from begun
inner join people on begun.customer_number = people.customer_number
inner join traffic_slots
    on {{ pick('begun.visit_key', 'visit_traffic', 100) }} = traffic_slots.slot
where begun.started_at >= {{ opens_at() }} and begun.started_at < {{ closes_at() }}
