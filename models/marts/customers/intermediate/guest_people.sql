with guest_orders as (

    select * from {{ ref('stg_orders') }}
    where customer_id is null

),

email_holders as (

    select * from {{ ref('account_identifiers') }}
    where identifier_type = 'email'

),

account_people as (

    select * from {{ ref('account_people') }}

),

emails as (

    select
        email_holders.identifier_key as email_key,
        bool_or(email_holders.is_shared_widely) as is_shared_widely,
        -- holders of one verified e-mail are one person already: any of them tells who
        min(account_people.customer_id) filter (
            where email_holders.is_verified and not email_holders.is_shared_widely
        ) as customer_id,
        bool_or(account_people.is_erased and not email_holders.is_shared_widely) as is_erased
    from email_holders
    inner join account_people on email_holders.account_id = account_people.account_id
    group by email_holders.identifier_key

),

-- a guest's first order gives the id: nothing in it comes from the e-mail
first_orders as (

    select * from guest_orders
    where email_key is not null
    qualify row_number() over (
        partition by email_key
        order by ordered_at, order_id
    ) = 1

),

guests as (

    select
        guest_orders.order_id,
        -- without an e-mail of its own, one order tells nothing of another
        'guest-' || case
            when emails.is_shared_widely then guest_orders.order_id
            else coalesce(first_orders.order_id, guest_orders.order_id)
        end as guest_id,
        emails.customer_id as account_customer_id,
        guest_orders.channel is not distinct from 'pos' as is_offline,
        coalesce(emails.is_erased, false) as is_erased,
        guest_orders.ordered_at as first_seen_at
    from guest_orders
    left join first_orders on guest_orders.email_key = first_orders.email_key
    left join emails on guest_orders.email_key = emails.email_key

)

select
    order_id,
    guest_id,
    coalesce(account_customer_id, guest_id) as customer_id,
    is_offline,
    is_erased,
    first_seen_at
from guests
