with segment_catalog as (

    select * from {{ ref('segment_catalog') }}
    where is_active

),

members as (

    select * from {{ ref('segment_membership') }}

),

customers as (

    select
        customer_id,
        coalesce(net_revenue_365d, 0) as net_revenue_365d,
        coalesce(margin_365d, 0) as margin_365d,
        coalesce(net_revenue_180d, 0) as net_revenue_180d,
        coalesce(net_revenue_prior_180d, 0) as net_revenue_prior_180d,
        may_email or may_sms or may_post as is_reachable
    from {{ ref('customer_360') }}

),

segment_history as (

    select * from {{ ref('segment_history') }}

),

history_start as (

    select min(entered_at) as started_at from segment_history

),

-- the members of the day var trend_days ago, by what was built then
earlier_sizes as (

    select
        segment,
        count(*) as people
    from segment_history
    where date_diff('day', {{ local_date('entered_at') }}, {{ as_of_on() }})
        >= {{ var('trend_days') }}
        and (
            left_at is null
            or date_diff('day', {{ local_date('left_at') }}, {{ as_of_on() }})
            < {{ var('trend_days') }}
        )
    group by segment

),

shop as (

    select
        count(*) as people,
        sum(net_revenue_365d) as net_revenue_365d,
        sum(margin_365d) as margin_365d
    from customers

),

sizes as (

    select
        members.segment,
        count(*) as people,
        count(*) filter (where customers.is_reachable) as reachable_people,
        sum(customers.net_revenue_365d) as net_revenue_365d,
        sum(customers.margin_365d) as margin_365d,
        sum(customers.net_revenue_180d) as net_revenue_180d,
        sum(customers.net_revenue_prior_180d) as net_revenue_prior_180d
    from members
    inner join customers on members.customer_id = customers.customer_id
    group by members.segment

)

select
    segment_catalog.segment_id as segment,
    segment_catalog.kind,
    coalesce(sizes.people, 0) as people,
    coalesce(sizes.people, 0)::double / nullif(shop.people, 0) as people_share,
    coalesce(sizes.reachable_people, 0) as reachable_people,
    case
        when date_diff('day', {{ local_date('history_start.started_at') }}, {{ as_of_on() }})
            >= {{ var('trend_days') }} then coalesce(earlier_sizes.people, 0)
    end as earlier_people,
    case
        when date_diff('day', {{ local_date('history_start.started_at') }}, {{ as_of_on() }})
            >= {{ var('trend_days') }}
            then coalesce(sizes.people, 0)::double / nullif(earlier_sizes.people, 0) - 1
    end as people_trend,
    coalesce(sizes.net_revenue_365d, 0) as net_revenue_365d,
    coalesce(sizes.net_revenue_365d, 0)::double / nullif(shop.net_revenue_365d, 0) as revenue_share,
    coalesce(sizes.margin_365d, 0) as margin_365d,
    coalesce(sizes.margin_365d, 0)::double / nullif(shop.margin_365d, 0) as margin_share,
    sizes.margin_365d::double / nullif(sizes.net_revenue_365d, 0) as margin_rate,
    sizes.net_revenue_180d::double / nullif(sizes.net_revenue_prior_180d, 0) - 1 as revenue_trend
from segment_catalog
cross join shop
cross join history_start
left join sizes on segment_catalog.segment_id = sizes.segment
left join earlier_sizes on segment_catalog.segment_id = earlier_sizes.segment
