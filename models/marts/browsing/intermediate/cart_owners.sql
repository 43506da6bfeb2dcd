with carts as (

    select * from {{ ref('stg_carts') }}

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

email_owners as (

    select * from {{ ref('email_owners') }}

)

select
    carts.cart_id,
    coalesce(accounts.customer_id, email_owners.customer_id) as customer_id
from carts
left join accounts on carts.customer_id = accounts.source_id
left join email_owners
    on carts.email_key = email_owners.email_key
    and carts.customer_id is null
