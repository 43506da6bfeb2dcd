with accounts as (

    select * from {{ ref('stg_customers') }}

),

identity_links as (

    select * from {{ ref('stg_identity_links') }}
    -- a phone is shared and passed on, a device likewise: neither says who somebody is
    where identifier_type in ('email', 'loyalty')

),

sightings as (

    select
        customer_id as account_id,
        'email' as identifier_type,
        email_key as identifier_key,
        email_verified as is_verified
    from accounts
    where email_key is not null

    union all

    select
        identity_links.customer_id as account_id,
        identity_links.identifier_type,
        identity_links.identifier_key,
        -- the shop hands out loyalty numbers itself; a mailbox is as proven as its account
        identity_links.identifier_type = 'loyalty'
            or coalesce(accounts.email_verified, true) as is_verified
    from identity_links
    left join accounts on identity_links.customer_id = accounts.customer_id
    where identity_links.identifier_key is not null

)

select
    account_id,
    identifier_type,
    identifier_key,
    bool_or(is_verified) as is_verified
from sightings
group by account_id, identifier_type, identifier_key
