with orders as (

    select * from {{ ref('order_facts') }}
    where customer_id is not null
        and is_valid

),

loyalty_tiers as (

    select * from {{ ref('loyalty_tiers') }}

),

-- today, and the days back to which a higher tier is still honoured
days_back as (

    select unnest(list_distinct([
        0,
        {{ var('tier_grace_days') // 3 }},
        {{ 2 * var('tier_grace_days') // 3 }},
        {{ var('tier_grace_days') }}
    ])) as days_ago

),

lifetime_margins as (

    select
        orders.customer_id,
        days_back.days_ago,
        sum(orders.margin) as lifetime_margin
    from orders
    inner join days_back
        on date_diff('day', orders.ordered_on, {{ as_of_on() }}) >= days_back.days_ago
    group by orders.customer_id, days_back.days_ago

),

-- by lifetime margin alone: one order or two make no difference, and equal margins share a rank
ranked_customers as (

    select
        *,
        rank() over (partition by days_ago order by lifetime_margin) - 1 as poorer_count,
        count(*) over (partition by days_ago) as buyer_count
    from lifetime_margins

)

select
    ranked_customers.customer_id,
    max(loyalty_tiers.tier_rank) filter (
        where ranked_customers.days_ago = 0
    ) as earned_tier_rank,
    max(loyalty_tiers.tier_rank) as tier_rank,
    max(ranked_customers.lifetime_margin) filter (
        where ranked_customers.days_ago = 0
    ) as lifetime_margin
from ranked_customers
inner join loyalty_tiers
    on ranked_customers.poorer_count
    >= loyalty_tiers.min_margin_percentile * ranked_customers.buyer_count
group by ranked_customers.customer_id
