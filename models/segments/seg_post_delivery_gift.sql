with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

arrived_gifts as (

    select * from {{ ref('gift_follow_ups') }}
    where follow_up = 'feedback'

),

-- the latest parcel alone: one letter, not three
ranked_gifts as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by delivered_on desc, order_id, follow_up
        ) as recency_rank
    from arrived_gifts

)

select
    customers.customer_id,
    1.0e0 as score,
    case
        when ranked_gifts.delivery_basis = 'delivered' then 'gift_delivered'
        else 'gift_probably_delivered'
    end as reason,
    {{ as_of() }} as as_of,
    ranked_gifts.order_id,
    ranked_gifts.product_id,
    ranked_gifts.delivery_basis,
    ranked_gifts.delivered_on
from customers
inner join ranked_gifts
    on customers.customer_id = ranked_gifts.customer_id
    and ranked_gifts.recency_rank = 1
