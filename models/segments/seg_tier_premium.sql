with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

tiers as (

    select * from {{ ref('customer_tiers') }}
    where is_top_tier

)

select
    customers.customer_id,
    1.0e0 as score,
    concat_ws(',', 'top_tier', case when tiers.is_in_grace then 'tier_in_grace' end) as reason,
    {{ as_of() }} as as_of,
    tiers.tier,
    tiers.lifetime_margin,
    tiers.is_member
from customers
inner join tiers on customers.customer_id = tiers.customer_id
