with members as (

    select * from {{ ref('segment_primary') }}
    where segment = 'new_customer'

),

customers as (

    select * from {{ ref('customer_360') }}

),

orders as (

    select * from {{ ref('order_facts') }}
    where is_valid

),

-- a new customer has one valid order
steps as (

    select
        customer_id,
        order_id,
        delivery_basis,
        cast(
            {{ local_date('delivered_at') }}
            + interval '{{ var("usage_tips_delay_days") }}' day as date
        ) as usage_tips_on,
        cast(ordered_on + interval '{{ var("second_offer_delay_days") }}' day as date)
            as second_offer_on
    from orders

)

select
    members.customer_id,
    members.score,
    members.reason,
    members.as_of,
    case
        when steps.second_offer_on <= {{ as_of_on() }} then 'second_offer'
        when steps.usage_tips_on <= {{ as_of_on() }} then 'usage_tips'
        else 'thank_you'
    end as step,
    steps.order_id,
    steps.delivery_basis,
    customers.days_since_last_order,
    customers.net_revenue,
    customers.first_ordered_on,
    steps.usage_tips_on,
    steps.second_offer_on
from members
inner join customers on members.customer_id = customers.customer_id
left join steps on members.customer_id = steps.customer_id
