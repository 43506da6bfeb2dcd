with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

gift_givers as (

    select customer_id, gift_score, recommendation_list from {{ ref('gift_givers') }}

),

anniversaries as (

    select * from {{ ref('purchase_anniversaries') }}
    where is_due
        and not is_quiet

)

select
    customers.customer_id,
    gift_givers.gift_score as score,
    case
        when anniversaries.base_basis = 'last_gift' then 'gift_a_year_ago'
        else 'order_a_year_ago'
    end as reason,
    {{ as_of() }} as as_of,
    anniversaries.base_order_id,
    anniversaries.years,
    gift_givers.recommendation_list,
    anniversaries.base_on,
    anniversaries.anniversary_on,
    anniversaries.send_on
from customers
inner join anniversaries on customers.customer_id = anniversaries.customer_id
inner join gift_givers on customers.customer_id = gift_givers.customer_id
