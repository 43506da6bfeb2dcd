with carts as (

    select * from {{ ref('stg_carts') }}

),

accounts as (

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

    select * from {{ ref('order_facts') }}
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

),

-- an e-mail seen with several people belongs to none of them
email_owners as (

    select
        email_key,
        min(customer_id) as customer_id
    from email_sightings
    group by email_key
    having min(customer_id) = max(customer_id)

)

select
    carts.cart_id,
    coalesce(accounts.customer_id, email_owners.customer_id) as customer_id
from carts
left join accounts on carts.customer_id = accounts.source_id
left join email_owners
    on carts.email_key = email_owners.email_key
    and carts.customer_id is null
