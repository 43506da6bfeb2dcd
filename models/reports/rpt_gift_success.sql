with buyers as (

    select customer_id from {{ ref('customer_360') }}
    where valid_order_count > 0
        and not is_test

),

gift_givers as (

    select * from {{ ref('gift_givers') }}
    where gift_order_count > 0

),

customer_value as (

    select * from {{ ref('customer_value') }}

),

customers as (

    select
        case
            when gift_givers.is_repeat_giver then 'repeat_givers'
            when gift_givers.customer_id is not null then 'one_time_givers'
            else 'others'
        end as giver_group,
        coalesce(customer_value.value_revenue, 0) as net_revenue,
        coalesce(customer_value.historic_clv, 0) as margin,
        coalesce(customer_value.value_order_count, 0) as order_count
    from buyers
    left join gift_givers on buyers.customer_id = gift_givers.customer_id
    left join customer_value on buyers.customer_id = customer_value.customer_id

),

groups as (

    select giver_group, net_revenue, margin, order_count from customers
    union all
    select 'all' as giver_group, net_revenue, margin, order_count from customers

),

sums as (

    select
        giver_group,
        count(*) as customer_count,
        sum(net_revenue) as net_revenue,
        sum(margin) as margin,
        cast(sum(order_count) as bigint) as order_count
    from groups
    group by giver_group

),

everybody as (

    select * from sums
    where giver_group = 'all'

)

select
    sums.giver_group,
    sums.customer_count,
    sums.customer_count::double / everybody.customer_count as customer_share,
    sums.order_count,
    sums.net_revenue,
    sums.net_revenue::double / nullif(sums.order_count, 0) as aov,
    100 * (sums.net_revenue::double / nullif(sums.order_count, 0))
        / nullif(everybody.net_revenue::double / nullif(everybody.order_count, 0), 0) as aov_index,
    sums.margin::double / sums.customer_count as margin_per_customer
from sums
cross join everybody
