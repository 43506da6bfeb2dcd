with volume_offers as (

    select * from {{ ref('volume_offers') }}

),

baskets as (

    select * from {{ ref('volume_offer_baskets') }}

),

totals as (

    select
        offer_id,
        count(*) filter (where is_reached) as reached_count,
        count(*) filter (where not is_reached) as near_count,
        count(distinct customer_id) filter (where not is_reached) as near_customer_count,
        coalesce(sum(margin) filter (where is_reached), 0) as reached_margin,
        coalesce(sum(reward_cost), 0) as reward_cost,
        coalesce(sum(lift_gain), 0) as lift_gain
    from baskets
    group by offer_id

)

select
    volume_offers.offer_id,
    volume_offers.label,
    coalesce(totals.reached_count, 0) as reached_count,
    coalesce(totals.near_count, 0) as near_count,
    coalesce(totals.near_customer_count, 0) as near_customer_count,
    coalesce(totals.reached_margin, 0) as reached_margin,
    coalesce(totals.reward_cost, 0) as reward_cost,
    coalesce(totals.reached_margin - totals.reward_cost, 0) as margin_after_reward,
    coalesce(totals.lift_gain, 0) as lift_gain,
    -- the share of the near to be lifted, to pay for those who would have bought so much anyway
    case
        when totals.lift_gain > 0
            then cast(totals.reward_cost as double) / cast(totals.lift_gain as double)
    end as break_even_lift_share
from volume_offers
left join totals on volume_offers.offer_id = totals.offer_id
