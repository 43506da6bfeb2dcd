with entries as (

    select * from {{ ref('points_entries') }}

),

orders as (

    select * from {{ ref('order_facts') }}
    where is_valid
        and net_revenue >= {{ var('points_min_order_amount') }}

),

-- more than the hurdle, not the hurdle itself
crossings as (

    select
        customer_id,
        coalesce(max(entry_number) filter (
            where balance <= {{ var('points_unlock_points') }}
        ), 0) as last_locked_number,
        max(occurred_at) filter (where points > 0) as last_earned_at,
        max(occurred_at) filter (where entry_type = 'redeem') as last_redeemed_at,
        -- points past their day are gone, booked or not
        cast(
            sum(points) - coalesce(sum(points_left) filter (where expires_at < {{ as_of() }}), 0)
            as bigint
        ) as balance,
        cast(sum(points_left) filter (
            where expires_at >= {{ as_of() }}
                and date_diff('day', {{ as_of_on() }}, {{ local_date('expires_at') }})
                <= {{ var('points_expiry_notice_days') }}
        ) as bigint) as expiring_points,
        min(expires_at) filter (
            where points_left > 0
                and expires_at >= {{ as_of() }}
        ) as next_expiry_at
    from entries
    group by customer_id

),

unlockings as (

    select
        entries.customer_id,
        min(entries.occurred_at) as unlocked_at
    from entries
    inner join crossings on entries.customer_id = crossings.customer_id
    where crossings.balance > {{ var('points_unlock_points') }}
        and entries.entry_number > crossings.last_locked_number
    group by entries.customer_id

),

later_orders as (

    select
        unlockings.customer_id,
        count(orders.order_id) as order_count,
        max(orders.ordered_at) as last_ordered_at
    from unlockings
    left join orders
        on unlockings.customer_id = orders.customer_id
        and orders.ordered_at > unlockings.unlocked_at
    group by unlockings.customer_id

),

states as (

    select
        crossings.*,
        unlockings.unlocked_at,
        coalesce(later_orders.order_count, 0) as orders_since_unlocked,
        greatest(unlockings.unlocked_at, later_orders.last_ordered_at) as idle_since_at,
        case
            when crossings.balance > {{ var('points_unlock_points') }}
                then 'unlocked_needs_order'
            when crossings.last_redeemed_at >= crossings.last_earned_at then 'redeemed'
            else 'locked'
        end as points_state
    from crossings
    left join unlockings on crossings.customer_id = unlockings.customer_id
    left join later_orders on crossings.customer_id = later_orders.customer_id

)

select
    customer_id,
    points_state,
    balance,
    greatest(0, {{ var('points_unlock_points') }} + 1 - balance) as points_to_unlock,
    coalesce(expiring_points, 0) as expiring_points,
    orders_since_unlocked,
    date_diff('day', {{ local_date('idle_since_at') }}, {{ as_of_on() }}) as idle_days,
    unlocked_at,
    last_redeemed_at,
    next_expiry_at
from states
