with account_people as (

    select * from {{ ref('account_people') }}

),

guest_people as (

    select * from {{ ref('guest_people') }}

)

select
    'account' as source_kind,
    account_id as source_id,
    customer_id,
    account_id as own_customer_id,
    is_test,
    false as is_offline,
    is_erased,
    first_seen_at
from account_people

union all

select
    'guest' as source_kind,
    order_id as source_id,
    customer_id,
    guest_id as own_customer_id,
    false as is_test,
    is_offline,
    is_erased,
    first_seen_at
from guest_people
