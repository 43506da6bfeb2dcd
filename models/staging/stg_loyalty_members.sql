with store_loyalty_members as (

    select * from {{ ref('store_loyalty_members') }}
    where
        trim(customer_id) <> ''
        and joined_at < {{ as_of() }}
    qualify {{ version_rank('trim(customer_id)', 'joined_at, tier') }} = 1

)

select
    {{ clean('customer_id') }} as customer_id,
    {{ lower_code('tier') }} as tier,
    joined_at
from store_loyalty_members
