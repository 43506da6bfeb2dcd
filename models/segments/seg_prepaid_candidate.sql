with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

cards as (

    select * from {{ ref('prepaid_card_simulation') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    'buys_in_a_burst' as reason,
    {{ as_of() }} as as_of,
    cards.p_alive,
    cards.cash_now,
    cards.prepaid_clv,
    cards.break_even_churn_share
from customers
inner join cards on customers.customer_id = cards.customer_id
