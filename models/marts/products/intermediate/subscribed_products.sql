with subscriptions as (

    select * from {{ ref('stg_subscriptions') }}
    where cancelled_at is null
        and coalesce(status, 'active') = 'active'

),

accounts as (

    select * from {{ ref('customer_identity') }}
    where source_kind = 'account'

)

select
    accounts.customer_id,
    subscriptions.product_id,
    count(*) as subscription_count
from subscriptions
inner join accounts on subscriptions.customer_id = accounts.source_id
where subscriptions.product_id is not null
group by accounts.customer_id, subscriptions.product_id
