with acquired_customers as (select * from {{ ref('acquired_customers') }}),
ad_spend_days as (select * from {{ ref('ad_spend_days') }}),
acquisition_payback as (select * from {{ ref('acquisition_payback') }}),

happenings as (

    select
        channel,
        acquired_month as month,
        1 as new_customers,
        0 as new_subscribers,
        first_order_margin,
        historic_clv,
        predicted_clv,
        null as spend
    from acquired_customers
    where acquired_month is not null
    union all
    select
        channel,
        subscribed_month as month,
        0 as new_customers,
        1 as new_subscribers,
        null as first_order_margin,
        null as historic_clv,
        null as predicted_clv,
        null as spend
    from acquired_customers
    where subscribed_month is not null
    union all
    select
        channel,
        {{ month_of('spent_on') }} as month,
        0 as new_customers,
        0 as new_subscribers,
        null as first_order_margin,
        null as historic_clv,
        null as predicted_clv,
        spend
    from ad_spend_days

),

-- every channel, and all of them together
totals as (

    select
        coalesce(channel, 'all') as channel,
        month,
        sum(new_customers) as new_customers,
        sum(new_subscribers) as new_subscribers,
        coalesce(sum(first_order_margin), 0) as first_order_margin,
        coalesce(sum(historic_clv), 0) as historic_clv,
        coalesce(sum(predicted_clv), 0) as predicted_clv,
        sum(spend) as spend
    from happenings
    group by grouping sets ((channel, month), (month))

),

-- a channel without spend is free only in a month whose advertising is known
costs as (

    select
        *,
        case
            when max(spend) over (partition by month) is not null then coalesce(spend, 0)
        end as known_spend
    from totals

),

paybacks as (

    select
        costs.channel,
        costs.month,
        min(acquisition_payback.month_number) as payback_months
    from costs
    inner join acquisition_payback
        on costs.channel = acquisition_payback.channel
        and costs.month = acquisition_payback.acquired_month
        and costs.known_spend <= acquisition_payback.cumulative_margin
    group by costs.channel, costs.month

)

select
    costs.channel,
    costs.month,
    cast(costs.new_customers as bigint) as new_customers,
    cast(costs.new_subscribers as bigint) as new_subscribers,
    costs.known_spend as spend,
    costs.first_order_margin,
    costs.historic_clv,
    costs.predicted_clv,
    costs.historic_clv - costs.known_spend as net_clv,
    -- nobody new: the cost of a new customer is not known, rather than infinite
    cast(costs.known_spend as double) / nullif(costs.new_customers, 0) as cac,
    cast(costs.known_spend as double) / nullif(costs.new_subscribers, 0) as cost_per_subscriber,
    cast(costs.historic_clv as double)
        / nullif(cast(costs.known_spend as double), 0) as historic_clv_to_cac,
    cast(costs.historic_clv + costs.predicted_clv as double)
        / nullif(cast(costs.known_spend as double), 0) as clv_to_cac,
    case when costs.new_customers > 0 then paybacks.payback_months end as payback_months
from costs
left join paybacks
    on costs.channel = paybacks.channel
    and costs.month = paybacks.month
