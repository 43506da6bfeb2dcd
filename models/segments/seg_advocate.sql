with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

advocacy as (

    select * from {{ ref('customer_advocacy') }}
    where advocate_score >= {{ var('advocate_min_score') }}

)

select
    customers.customer_id,
    advocacy.advocate_score as score,
    advocacy.advocacy_signs as reason,
    {{ as_of() }} as as_of,
    advocacy.friend_count,
    advocacy.good_review_count,
    advocacy.would_recommend
from customers
inner join advocacy on customers.customer_id = advocacy.customer_id
