with customers as (

    select * from {{ ref('customers') }}
    where not is_test

),

customer_orders as (

    select * from {{ ref('customer_orders') }}

),

customer_value as (

    select * from {{ ref('customer_value') }}

),

customer_lifetime as (

    select * from {{ ref('customer_lifetime') }}

),

customer_engagement as (

    select * from {{ ref('customer_engagement') }}

),

customer_permissions as (

    select * from {{ ref('customer_permissions') }}
    where may_email
        or may_sms

)

select
    customers.customer_id,
    coalesce(customers.acquisition_channel, 'unknown') as channel,
    customer_lifetime.first_order_margin,
    customer_value.historic_clv,
    customer_lifetime.predicted_clv,
    -- the first valid order makes a customer, a consent in force a subscriber
    {{ month_of('customer_orders.first_ordered_on') }} as acquired_month,
    case
        when customer_permissions.customer_id is not null
            then {{ month_of('customer_engagement.signed_up_at') }}
    end as subscribed_month
from customers
left join customer_orders on customers.customer_id = customer_orders.customer_id
left join customer_value on customers.customer_id = customer_value.customer_id
left join customer_lifetime on customers.customer_id = customer_lifetime.customer_id
left join customer_engagement on customers.customer_id = customer_engagement.customer_id
left join customer_permissions on customers.customer_id = customer_permissions.customer_id
