with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and net_revenue_365d < {{ var('membership_min_annual_spend_amount') }}
        and net_revenue_365d >= {{ var('membership_min_annual_spend_amount') }}
        * (1 - {{ var('membership_near_share') }})

)

select
    customer_id,
    1.0e0 as score,
    'almost_spends_for_membership' as reason,
    {{ as_of() }} as as_of,
    net_revenue_365d,
    {{ money(var('membership_min_annual_spend_amount')) }} - net_revenue_365d as missing_amount
from customers
