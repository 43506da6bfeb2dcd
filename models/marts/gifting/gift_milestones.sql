with gift_orders as (

    select * from {{ ref('gift_orders') }}
    where is_gift_order
        and milestone_number is not null

),

occasion_counts as (

    select
        occasion,
        count(*) as gift_order_count
    from gift_orders
    group by occasion

),

milestones as (

    select
        occasion,
        milestone_number,
        count(*) as gift_order_count,
        count(distinct customer_id) as customer_count
    from gift_orders
    group by occasion, milestone_number

)

select
    milestones.occasion,
    milestones.milestone_number,
    milestones.gift_order_count,
    milestones.customer_count,
    milestones.gift_order_count::double / occasion_counts.gift_order_count as occasion_share
from milestones
inner join occasion_counts on milestones.occasion = occasion_counts.occasion
