with customer_value as (

    select * from {{ ref('customer_value') }}
    where margin_365d > 0
        and net_revenue_365d > 0
        and aov > 0

),

customer_lifetime as (

    select * from {{ ref('customer_lifetime') }}
    where p_alive >= {{ var('prepaid_min_alive_share') }}

),

-- often in a short time is not a long time: five visits in a month, and then another shop
customer_orders as (

    select * from {{ ref('customer_orders') }}
    where is_high_frequency
        and tenure_days < {{ var('prepaid_max_tenure_days') }}

),

plans as (

    select
        customer_value.customer_id,
        customer_lifetime.p_alive,
        {{ money(var('prepaid_card_price_amount')) }} as cash_now,
        {{ money('customer_value.aov') }} as free_items_value,
        cast(customer_value.net_revenue_365d as double) as yearly_spend,
        customer_value.margin_365d as yearly_margin,
        cast(customer_value.margin_365d as double)
            / cast(customer_value.net_revenue_365d as double) as margin_rate,
        {{ money('customer_value.margin_365d * ' ~ var('prepaid_plan_years')) }} as baseline_clv
    from customer_value
    inner join customer_lifetime on customer_value.customer_id = customer_lifetime.customer_id
    inner join customer_orders on customer_value.customer_id = customer_orders.customer_id

),

-- what is never redeemed is no profit: it is owed until it expires
cards as (

    select
        *,
        baseline_clv - free_items_value
            - {{ money(var('prepaid_card_discount_amount')) }} as prepaid_clv,
        {{ money('cash_now * margin_rate') }} - free_items_value
            - {{ money(var('prepaid_card_discount_amount')) }} as margin_now
    from plans

),

-- the purchases that the card pays for, without it: by year, with every chance to leave, discounted
chances as (

    select
        cards.customer_id,
        churns.churn_percent / 100e0 as churn_share,
        sum(cast(
            greatest(0, least(
                cards.yearly_spend, cards.cash_now - cards.yearly_spend * years.year_number
            )) * cards.margin_rate * pow(
                (1 - churns.churn_percent / 100e0) / (1 + {{ var('clv_discount_yearly_share') }}),
                years.year_number + 0.5e0
            )
        as decimal(18, 4))) as open_margin,
        sum(cast(cards.yearly_margin * pow(
            (1 - churns.churn_percent / 100e0) / (1 + {{ var('clv_discount_yearly_share') }}),
            years.year_number + 0.5e0
        ) as decimal(18, 4))) as plan_margin
    from cards
    cross join (select unnest(range(0, 101)) as churn_percent) as churns
    cross join (
        select unnest(range(0, {{ var('prepaid_plan_years') }})) as year_number
    ) as years
    group by cards.customer_id, churns.churn_percent

),

break_evens as (

    select
        cards.customer_id,
        max(chances.plan_margin) filter (where chances.churn_share = 0) as baseline_npv,
        max(chances.open_margin) filter (where chances.churn_share = 0) as open_margin,
        min(chances.churn_share) filter (
            where chances.open_margin <= cards.margin_now
        ) as break_even_churn_share
    from cards
    inner join chances on cards.customer_id = chances.customer_id
    group by cards.customer_id

)

select
    cards.customer_id,
    cards.p_alive,
    cards.cash_now,
    cards.yearly_margin,
    cards.baseline_clv,
    break_evens.baseline_npv,
    cards.free_items_value,
    cards.prepaid_clv,
    cards.margin_now,
    break_evens.open_margin,
    -- from this yearly chance to leave on, the card earns more than waiting
    break_evens.break_even_churn_share
from cards
inner join break_evens on cards.customer_id = break_evens.customer_id
