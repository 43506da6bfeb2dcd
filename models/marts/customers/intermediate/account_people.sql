with accounts as (

    select * from {{ ref('stg_customers') }}

),

-- an order in a shop of stone needs consent before it tells of anybody
account_orders as (

    select * from {{ ref('stg_orders') }}
    where customer_id is not null and channel is distinct from 'pos'

),

account_clusters as (

    select * from {{ ref('account_clusters') }}

),

first_orders as (

    select
        customer_id as account_id,
        min(ordered_at) as first_ordered_at
    from account_orders
    group by customer_id

),

-- an account whose own row is missing or still in the future is known by its orders
known_accounts as (

    select
        coalesce(accounts.customer_id, first_orders.account_id) as account_id,
        coalesce(accounts.created_at, first_orders.first_ordered_at) as first_seen_at,
        coalesce(accounts.is_test, false) as is_test,
        accounts.deleted_at is not null as is_erased
    from accounts
    full join first_orders on accounts.customer_id = first_orders.account_id

),

clustered as (

    select
        known_accounts.*,
        coalesce(account_clusters.cluster_id, known_accounts.account_id) as cluster_id
    from known_accounts
    left join account_clusters on known_accounts.account_id = account_clusters.account_id

)

select
    account_id,
    first_value(account_id) over (
        partition by cluster_id
        order by first_seen_at nulls last, account_id
    ) as customer_id,
    is_test,
    -- who asked to be forgotten is forgotten under every account that is theirs
    bool_or(is_erased) over (partition by cluster_id) as is_erased,
    first_seen_at
from clustered
