with order_owners as (

    select * from {{ ref('order_owners') }}

),

offline_choices as (

    select * from {{ ref('offline_choices') }}

)

select
    order_owners.order_id,
    -- bought in a shop of stone: the revenue stays, the person only with their consent
    case
        when not order_owners.is_offline or offline_choices.is_granted
            then order_owners.customer_id
    end as customer_id,
    order_owners.is_test
from order_owners
left join offline_choices on order_owners.customer_id = offline_choices.customer_id
