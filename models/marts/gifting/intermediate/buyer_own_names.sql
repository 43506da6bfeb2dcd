with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

orders as (

    select * from {{ ref('stg_orders') }}

),

accounts as (

    select * from {{ ref('stg_customers') }}

),

account_owners as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

),

account_names as (

    select
        account_owners.customer_id,
        accounts.email_key,
        accounts.name_key,
        accounts.first_name_key,
        accounts.last_name_key,
        accounts.first_initial,
        accounts.middle_initial,
        accounts.last_initial
    from accounts
    inner join account_owners on accounts.customer_id = account_owners.source_id

),

billing_names as (

    select
        candidate_orders.customer_id,
        orders.email_key,
        cast(null as varchar) as name_key,
        orders.billing_first_name_key as first_name_key,
        orders.billing_last_name_key as last_name_key,
        orders.billing_first_initial as first_initial,
        orders.billing_middle_initial as middle_initial,
        orders.billing_last_initial as last_initial
    from candidate_orders
    inner join orders on candidate_orders.order_id = orders.order_id

),

own_names as (

    select * from account_names
    union all
    select * from billing_names

)

select
    customer_id,
    email_key,
    name_key,
    first_name_key,
    last_name_key,
    first_initial,
    middle_initial,
    last_initial
from own_names
group by
    customer_id,
    email_key,
    name_key,
    first_name_key,
    last_name_key,
    first_initial,
    middle_initial,
    last_initial
