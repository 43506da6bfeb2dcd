with orders as (

    select * from {{ ref('order_facts') }}
    where is_valid

),

buyers as (

    select
        customer_id,
        count(*) as order_count
    from orders
    where customer_id is not null
    group by customer_id

),

repeat_buyers as (

    select count(*) as repeat_customer_count
    from buyers
    where order_count >= 2

),

history as (

    select
        count(*) as order_count,
        date_diff('day', min(ordered_on), {{ as_of_on() }}) as history_days
    from orders

)

select
    case
        when history.order_count = 0 then 'none'
        when '{{ var('segmentation_depth') }}' in ('broad', 'fine')
            then '{{ var('segmentation_depth') }}'
        when
            repeat_buyers.repeat_customer_count < {{ var('segmentation_min_repeat_customers') }}
            or history.history_days < {{ var('segmentation_min_history_days') }}
            then 'broad'
        else 'fine'
    end as depth,
    history.order_count,
    repeat_buyers.repeat_customer_count,
    history.history_days
from history
cross join repeat_buyers
