with customers as (

    select * from {{ ref('customer_360') }}
    where not is_invalid
        and (may_email or may_sms)

),

message_days as (

    select * from {{ ref('message_days') }}
    where first_sent_at is not null

),

visitor_months as (

    select * from {{ ref('visitor_months') }}

),

first_messages as (

    select
        customers.customer_id,
        min(message_days.first_sent_at) as first_sent_at
    from customers
    inner join message_days
        on customers.customer_id = message_days.customer_id
        and message_days.first_sent_at >= customers.signed_up_at
    group by customers.customer_id

),

subscribers as (

    select
        {{ month_of(local_date('customers.signed_up_at')) }} as month_on,
        customers.valid_order_count,
        (epoch(first_messages.first_sent_at) - epoch(customers.signed_up_at)) / 60
            as minutes_to_first_message
    from customers
    left join first_messages on customers.customer_id = first_messages.customer_id

),

subscriber_months as (

    select
        month_on,
        count(*) as subscriber_count,
        count(*) filter (where valid_order_count = 0) as never_bought_count,
        count(*) filter (
            where minutes_to_first_message < 60 * {{ var('welcome_window_hours') }}
        ) as welcomed_count,
        median(minutes_to_first_message) as median_minutes_to_first_message
    from subscribers
    where month_on is not null
    group by month_on

)

select
    coalesce(subscriber_months.month_on, visitor_months.month_on) as month_on,
    visitor_months.new_visitor_count,
    visitor_months.subscribed_visitor_count,
    visitor_months.subscribed_visitor_count::double
        / nullif(visitor_months.new_visitor_count, 0) as visitor_subscription_rate,
    coalesce(subscriber_months.subscriber_count, 0) as subscriber_count,
    coalesce(subscriber_months.never_bought_count, 0) as never_bought_count,
    subscriber_months.never_bought_count::double
        / subscriber_months.subscriber_count as never_bought_share,
    subscriber_months.welcomed_count::double
        / subscriber_months.subscriber_count as welcomed_share,
    subscriber_months.median_minutes_to_first_message
from subscriber_months
full join visitor_months on subscriber_months.month_on = visitor_months.month_on
