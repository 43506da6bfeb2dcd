with new_customers as (

    select * from {{ ref('break_even_customers') }}

),

ad_spend_days as (

    select
        *,
        date_diff('day', spent_on, {{ as_of_on() }}) as days_ago
    from {{ ref('ad_spend_days') }}

),

spend_records as (

    select count(*) > 0 as is_spend_known from ad_spend_days

),

period_spend as (

    select
        channel,
        sum(spend) as spend
    from ad_spend_days
    where days_ago >= {{ var('break_even_horizon_days') }}
        and days_ago < 2 * {{ var('break_even_horizon_days') }}
    group by channel

),

channel_totals as (

    select
        coalesce(acquisition_channel, 'unknown') as channel,
        count(*) as new_customer_count,
        sum(first_margin) as first_margin,
        sum(repeat_margin) as repeat_margin,
        sum(repeat_order_count) as repeat_order_count
    from new_customers
    group by coalesce(acquisition_channel, 'unknown')

),

-- a channel that costs money and brings nobody belongs to the whole
channels as (

    select
        coalesce(channel_totals.channel, period_spend.channel) as channel,
        coalesce(channel_totals.new_customer_count, 0) as new_customer_count,
        coalesce(channel_totals.first_margin, 0) as first_margin,
        coalesce(channel_totals.repeat_margin, 0) as repeat_margin,
        coalesce(channel_totals.repeat_order_count, 0) as repeat_order_count,
        coalesce(period_spend.spend, 0) as spend
    from channel_totals
    full join period_spend on channel_totals.channel = period_spend.channel

),

scopes as (

    select * from channels

    union all

    select
        'all' as channel,
        cast(coalesce(sum(new_customer_count), 0) as bigint) as new_customer_count,
        coalesce(sum(first_margin), 0) as first_margin,
        coalesce(sum(repeat_margin), 0) as repeat_margin,
        coalesce(sum(repeat_order_count), 0) as repeat_order_count,
        coalesce(sum(spend), 0) as spend
    from channels

),

rates as (

    select
        scopes.channel,
        scopes.new_customer_count,
        case when spend_records.is_spend_known then scopes.spend end as spend,
        case when spend_records.is_spend_known then scopes.spend end::double
            / nullif(scopes.new_customer_count, 0) as cac,
        scopes.first_margin::double / nullif(scopes.new_customer_count, 0) as first_order_margin,
        scopes.repeat_margin::double
            / nullif(scopes.repeat_order_count, 0) as margin_per_repeat_order,
        scopes.repeat_order_count::double
            / nullif(scopes.new_customer_count, 0) as repeat_orders_per_customer
    from scopes
    cross join spend_records

),

needs as (

    select
        *,
        case
            when cac <= first_order_margin then 0
            when margin_per_repeat_order > 0
                then (cac - first_order_margin) / margin_per_repeat_order
        end as break_even_repeat_orders
    from rates

)

select
    *,
    repeat_orders_per_customer < break_even_repeat_orders as is_below_break_even
from needs
