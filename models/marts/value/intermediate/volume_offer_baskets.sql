with volume_offers as (

    select * from {{ ref('volume_offers') }}

),

recent_orders as (

    select * from {{ ref('order_facts') }}
    where counts_in_value
        and customer_id is not null
        and date_diff('day', ordered_on, {{ as_of_on() }}) <= {{ var('simulation_window_days') }}

),

recent_items as (

    select * from {{ ref('kept_items') }}
    where customer_id is not null
        and net_revenue > 0
        and not is_warranty
        and not is_sensitive
        and date_diff('day', ordered_on, {{ as_of_on() }}) <= {{ var('simulation_window_days') }}

),

-- money: near is a share of the threshold
amounts as (

    select
        volume_offers.*,
        recent_orders.customer_id,
        recent_orders.order_id,
        null as product_id,
        recent_orders.margin,
        recent_orders.net_revenue as size,
        cast(recent_orders.margin as double)
            / cast(recent_orders.net_revenue as double) as unit_margin,
        1e0 as unit_cost,
        1e0 as reward_count,
        recent_orders.net_revenue
            >= {{ var('volume_offer_reach_share') }} * volume_offers.threshold as is_within_reach,
        recent_orders.ordered_on
    from volume_offers
    cross join recent_orders
    where volume_offers.kind = 'amount'

),

-- goods: near is one short; every full threshold earns the reward, at the cost of the thing
quantities as (

    select
        volume_offers.*,
        recent_items.customer_id,
        recent_items.order_id,
        recent_items.product_id,
        recent_items.margin,
        recent_items.quantity as size,
        cast(recent_items.margin as double) / recent_items.quantity as unit_margin,
        cast(recent_items.net_revenue - recent_items.margin as double)
            / recent_items.quantity as unit_cost,
        floor(recent_items.quantity / volume_offers.threshold) as reward_count,
        recent_items.quantity >= volume_offers.threshold - 1 as is_within_reach,
        recent_items.ordered_on
    from volume_offers
    cross join recent_items
    where volume_offers.kind = 'quantity'

),

baskets as (

    select * from amounts
    union all
    select * from quantities

)

select
    offer_id,
    kind,
    customer_id,
    order_id,
    product_id,
    margin,
    size >= threshold as is_reached,
    case
        when size >= threshold then {{ money('reward_count * reward * unit_cost') }}
        else 0
    end as reward_cost,
    -- who is lifted to the threshold pays for what was missing and gets one reward
    case
        when size < threshold
            then {{ money('(threshold - size) * unit_margin - reward * unit_cost') }}
    end as lift_gain,
    ordered_on
from baskets
where is_within_reach
