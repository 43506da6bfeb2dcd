with acquired_customers as (

    select * from {{ ref('acquired_customers') }}
    where acquired_month is not null

),

orders as (

    select * from {{ ref('order_facts') }}
    where is_valid

),

earnings as (

    select
        acquired_customers.channel,
        acquired_customers.acquired_month,
        {{ months_between('acquired_customers.acquired_month', 'orders.ordered_on') }}
            as month_number,
        orders.margin
    from acquired_customers
    inner join orders on acquired_customers.customer_id = orders.customer_id

),

-- every channel, and all of them together
months as (

    select
        coalesce(channel, 'all') as channel,
        acquired_month,
        month_number,
        sum(margin) as margin
    from earnings
    group by grouping sets (
        (channel, acquired_month, month_number), (acquired_month, month_number)
    )

)

select
    channel,
    acquired_month,
    month_number,
    margin,
    sum(margin) over (
        partition by channel, acquired_month order by month_number
    ) as cumulative_margin
from months
