with gift_orders as (

    select
        order_id,
        customer_id,
        coalesce(recipient, 'unknown') as recipient,
        coalesce(recipient_register, 'unknown') as recipient_register,
        coalesce(occasion, 'unknown') as occasion,
        milestone_number
    from {{ ref('gift_orders') }}
    where is_gift_order

),

gift_counts as (

    select count(*) as gift_order_count from gift_orders

),

cells as (

    select
        recipient,
        recipient_register,
        occasion,
        count(*) as gift_order_count,
        count(distinct customer_id) as customer_count,
        count(milestone_number) as milestone_count
    from gift_orders
    group by recipient, recipient_register, occasion

)

select
    cells.recipient,
    cells.recipient_register,
    cells.occasion,
    cells.gift_order_count,
    cells.customer_count,
    cells.milestone_count,
    cells.gift_order_count::double / gift_counts.gift_order_count as gift_order_share
from cells
cross join gift_counts
