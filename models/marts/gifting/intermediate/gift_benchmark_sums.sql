with buyers as (

    select
        customer_id,
        valid_order_count
    from {{ ref('customer_orders') }}
    where valid_order_count > 0

),

customers as (

    select customer_id from {{ ref('customers') }}
    where not is_test

),

customer_value as (

    select * from {{ ref('customer_value') }}

),

gift_givers as (

    select customer_id, gift_giver_status from {{ ref('gift_givers') }}

),

purchase_day_counts as (

    select
        customer_id,
        count(*) as purchase_day_count
    from {{ ref('purchase_days') }}
    group by customer_id

),

-- every measure is a sum over customers divided by another: y / n
measures as (

    select
        coalesce(gift_givers.gift_giver_status, 'none') as gift_giver_status,
        coalesce(customer_value.value_revenue, 0) as value_revenue,
        coalesce(customer_value.value_order_count, 0) as value_order_count,
        coalesce(customer_value.historic_clv, 0) as historic_clv,
        case when purchase_day_counts.purchase_day_count >= 2 then 1 else 0 end as is_repeat,
        buyers.valid_order_count
    from buyers
    inner join customers on buyers.customer_id = customers.customer_id
    left join customer_value on buyers.customer_id = customer_value.customer_id
    left join gift_givers on buyers.customer_id = gift_givers.customer_id
    left join purchase_day_counts on buyers.customer_id = purchase_day_counts.customer_id

),

parts as (

    select
        gift_giver_status,
        'aov' as measure,
        {{ money('value_revenue') }} as y,
        value_order_count as n
    from measures
    union all
    select
        gift_giver_status,
        'historic_clv' as measure,
        {{ money('historic_clv') }} as y,
        1 as n
    from measures
    union all
    select
        gift_giver_status,
        'repeat_rate' as measure,
        {{ money('is_repeat') }} as y,
        1 as n
    from measures
    union all
    select
        gift_giver_status,
        'orders_per_customer' as measure,
        {{ money('valid_order_count') }} as y,
        1 as n
    from measures

)

select
    gift_giver_status,
    measure,
    count(*) as customer_count,
    cast(sum(y) as decimal(38, 4)) as y,
    cast(sum(n) as bigint) as n,
    -- each square is a decimal before it is added: the order of adding must not matter
    sum(cast(y::double * y::double as decimal(38, 6))) as yy,
    sum(cast(y::double * n as decimal(38, 6))) as yn,
    cast(sum(n * n) as bigint) as nn
from parts
group by gift_giver_status, measure
