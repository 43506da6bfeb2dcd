with orders as (

    select * from {{ ref('order_facts') }}
    where customer_id is not null
        and is_valid
        and not is_fully_refunded

),

days as (

    select
        customer_id,
        ordered_on as purchased_on,
        sum(net_revenue) as net_revenue
    from orders
    group by customer_id, ordered_on

),

sequenced_days as (

    select
        customer_id,
        net_revenue,
        row_number() over (partition by customer_id order by purchased_on) as purchase_day_number,
        min(purchased_on) over (partition by customer_id) as first_purchased_on,
        lag(purchased_on) over (
            partition by customer_id order by purchased_on
        ) as previous_purchased_on,
        purchased_on
    from days

)

select
    customer_id,
    purchase_day_number,
    date_diff('day', previous_purchased_on, purchased_on) as gap_days,
    net_revenue,
    first_purchased_on,
    purchased_on
from sequenced_days
