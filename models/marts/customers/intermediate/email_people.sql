with accounts as (

    select * from {{ ref('stg_customers') }}
    where email_key is not null

),

guest_orders as (

    select * from {{ ref('stg_orders') }}
    where customer_id is null and email_key is not null

),

person_sources as (

    select * from {{ ref('person_sources') }}

),

email_bearers as (

    select email_key, 'account' as source_kind, customer_id as source_id from accounts

    union all

    select email_key, 'guest' as source_kind, order_id as source_id from guest_orders

)

select
    email_bearers.email_key,
    person_sources.customer_id,
    -- a choice made with an e-mail alone belongs to the account that bears it, or else to the guest
    coalesce(
        min(person_sources.source_id) filter (where person_sources.source_kind = 'account'),
        person_sources.customer_id
    ) as subject_id
from email_bearers
inner join person_sources
    on email_bearers.source_kind = person_sources.source_kind
    and email_bearers.source_id = person_sources.source_id
group by email_bearers.email_key, person_sources.customer_id
