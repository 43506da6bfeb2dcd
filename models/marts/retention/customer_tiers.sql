with tier_ranks as (

    select * from {{ ref('customer_tier_ranks') }}

),

loyalty_tiers as (

    select * from {{ ref('loyalty_tiers') }}

),

loyalty_members as (

    select * from {{ ref('stg_loyalty_members') }}

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

members as (

    select
        accounts.customer_id,
        min(loyalty_members.joined_at) as joined_at
    from loyalty_members
    inner join accounts on loyalty_members.customer_id = accounts.source_id
    group by accounts.customer_id

),

-- what the poorest on a step, or above it, brought in is its price today
tier_prices as (

    select
        loyalty_tiers.tier,
        loyalty_tiers.tier_rank,
        min(tier_ranks.lifetime_margin) as min_margin
    from loyalty_tiers
    left join tier_ranks on loyalty_tiers.tier_rank <= tier_ranks.earned_tier_rank
    group by loyalty_tiers.tier, loyalty_tiers.tier_rank

),

top_tier as (

    select max(tier_rank) as top_tier_rank from loyalty_tiers

)

select
    tier_ranks.customer_id,
    tier_prices.tier,
    tier_prices.tier_rank,
    next_tier_prices.tier as next_tier,
    tier_ranks.lifetime_margin,
    next_tier_prices.min_margin as next_tier_margin,
    next_tier_prices.min_margin - tier_ranks.lifetime_margin as margin_to_next_tier,
    tier_ranks.tier_rank > tier_ranks.earned_tier_rank as is_in_grace,
    tier_ranks.tier_rank = top_tier.top_tier_rank as is_top_tier,
    members.customer_id is not null as is_member,
    members.joined_at
from tier_ranks
cross join top_tier
inner join tier_prices on tier_ranks.tier_rank = tier_prices.tier_rank
left join tier_prices as next_tier_prices
    on tier_ranks.tier_rank + 1 = next_tier_prices.tier_rank
left join members on tier_ranks.customer_id = members.customer_id
