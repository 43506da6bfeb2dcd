with guest_orders as (

    select * from {{ ref('stg_orders') }}
    where customer_id is null

),

email_accounts as (

    select * from {{ ref('email_accounts') }}

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
            when email_accounts.is_shared_widely then guest_orders.order_id
            else coalesce(first_orders.order_id, guest_orders.order_id)
        end as guest_id,
        email_accounts.customer_id as account_customer_id,
        guest_orders.channel is not distinct from 'pos' as is_offline,
        coalesce(email_accounts.is_erased, false) as is_erased,
        guest_orders.ordered_at as first_seen_at
    from guest_orders
    left join first_orders on guest_orders.email_key = first_orders.email_key
    left join email_accounts on guest_orders.email_key = email_accounts.email_key

)

select
    order_id,
    guest_id,
    coalesce(account_customer_id, guest_id) as customer_id,
    is_offline,
    is_erased,
    first_seen_at
from guests
