with email_holders as (

    select * from {{ ref('account_identifiers') }}
    where identifier_type = 'email'

),

account_people as (

    select * from {{ ref('account_people') }}

)

select
    email_holders.identifier_key as email_key,
    -- holders of one verified e-mail are one person already: any of them tells who
    min(account_people.customer_id) filter (
        where email_holders.is_verified and not email_holders.is_shared_widely
    ) as customer_id,
    bool_or(email_holders.is_shared_widely) as is_shared_widely,
    bool_or(account_people.is_erased and not email_holders.is_shared_widely) as is_erased
from email_holders
inner join account_people on email_holders.account_id = account_people.account_id
group by email_holders.identifier_key
