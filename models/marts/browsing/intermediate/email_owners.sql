with accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

verified_emails as (

    select * from {{ ref('stg_customers') }}
    where email_key is not null
        and email_verified

),

checkout_emails as (

    select * from {{ ref('stg_orders') }}
    where email_key is not null

),

orders as (

    select * from {{ ref('order_states') }}
    where customer_id is not null

),

email_sightings as (

    select
        verified_emails.email_key,
        accounts.customer_id
    from verified_emails
    inner join accounts on verified_emails.customer_id = accounts.source_id
    union all
    select
        checkout_emails.email_key,
        orders.customer_id
    from checkout_emails
    inner join orders on checkout_emails.order_id = orders.order_id

)

-- an e-mail seen with several people belongs to none of them
select
    email_key,
    min(customer_id) as customer_id
from email_sightings
group by email_key
having min(customer_id) = max(customer_id)
