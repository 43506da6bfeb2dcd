with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

-- what comes by subscription, was sent back or cannot be had needs no reminder
due_products as (

    select
        *,
        row_number() over (
            partition by customer_id order by due_on, product_id
        ) as due_rank
    from {{ ref('customer_replenishment') }}
    where is_offerable
        and not has_subscription
        and not is_last_returned
        and date_diff('day', {{ as_of_on() }}, due_on)
        between -{{ var('replenishment_grace_days') }} and {{ var('replenishment_lead_days') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    'runs_out_soon' as reason,
    {{ as_of() }} as as_of,
    due_products.product_id,
    due_products.confidence,
    due_products.interval_days,
    due_products.due_on
from customers
inner join due_products
    on customers.customer_id = due_products.customer_id
    and due_products.due_rank = 1
