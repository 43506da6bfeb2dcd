with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

tiers as (

    select * from {{ ref('customer_tiers') }}
    where margin_to_next_tier <= {{ var('tier_near_share') }} * next_tier_margin

)

select
    customers.customer_id,
    1.0e0 as score,
    'next_tier_near' as reason,
    {{ as_of() }} as as_of,
    tiers.tier,
    tiers.next_tier,
    tiers.margin_to_next_tier,
    tiers.is_member
from customers
inner join tiers on customers.customer_id = tiers.customer_id
