with erased_accounts as (

    select * from {{ ref('stg_customers') }}
    where deleted_at is not null

),

identity_sources as (

    select * from {{ ref('customer_identity') }}

),

customers as (

    select * from {{ ref('customers') }}

)

select
    erased_accounts.customer_id
from erased_accounts
left join identity_sources
    on erased_accounts.customer_id = identity_sources.source_id
    and identity_sources.source_kind = 'account'
left join customers on erased_accounts.customer_id = customers.customer_id
where identity_sources.source_id is not null or customers.customer_id is not null
