with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

regular_products as (

    select
        *,
        row_number() over (
            partition by customer_id order by purchase_count desc, product_id
        ) as regular_rank
    from {{ ref('customer_replenishment') }}
    where confidence = 'high'
        and is_offerable
        and not has_subscription
        and not is_last_returned
        -- who left one purchase out may still come back; who left out two buys elsewhere
        and date_diff('day', due_on, {{ as_of_on() }}) <= interval_days

)

select
    customers.customer_id,
    1.0e0 as score,
    'regular_replenishment' as reason,
    {{ as_of() }} as as_of,
    regular_products.product_id,
    regular_products.purchase_count,
    regular_products.interval_days as proposed_interval_days,
    regular_products.due_on as next_due_on
from customers
inner join regular_products
    on customers.customer_id = regular_products.customer_id
    and regular_products.regular_rank = 1
