with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid
        and activity_state = 'active'
        and is_high_frequency


),

suggestions as (

    select * from {{ ref('customer_category_suggestions') }}
    where suggestion_rank = 1

)

select
    customers.customer_id,
    1.0e0 as score,
    'others_buy_there_too' as reason,
    {{ as_of() }} as as_of,
    suggestions.category,
    suggestions.because_of_category,
    suggestions.lift
from customers
inner join suggestions on customers.customer_id = suggestions.customer_id
