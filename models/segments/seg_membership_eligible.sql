with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and net_revenue_365d >= {{ var('membership_min_annual_spend_amount') }}

)

select
    customer_id,
    1.0e0 as score,
    'spends_for_membership' as reason,
    {{ as_of() }} as as_of,
    net_revenue_365d
from customers
