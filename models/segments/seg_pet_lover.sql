with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

interests as (

    select * from {{ ref('customer_interests') }}
    where interest_tag in ('pet_lovers', 'dog_lovers', 'cat_lovers')

),

pet_lovers as (

    select
        customer_id,
        bool_or(is_declared) as is_declared,
        bool_or(order_count >= {{ var('interest_min_orders') }}) as is_bought,
        bool_or(interest_tag = 'dog_lovers') as is_dog_lover,
        bool_or(interest_tag = 'cat_lovers') as is_cat_lover
    from interests
    group by customer_id

)

select
    customers.customer_id,
    1.0e0 as score,
    concat_ws(
        ',',
        case when pet_lovers.is_declared then 'declared_interest' end,
        case when pet_lovers.is_bought then 'bought_repeatedly' end
    ) as reason,
    {{ as_of() }} as as_of,
    pet_lovers.is_dog_lover,
    pet_lovers.is_cat_lover
from customers
inner join pet_lovers on customers.customer_id = pet_lovers.customer_id
