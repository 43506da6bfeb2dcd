with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

baskets as (

    select * from {{ ref('volume_offer_baskets') }}

),

-- by what the last order lacked; another thing in it may have earned the reward already
last_baskets as (

    select
        baskets.customer_id,
        baskets.offer_id,
        baskets.kind
    from customers
    inner join baskets
        on customers.customer_id = baskets.customer_id
        and customers.last_ordered_on = baskets.ordered_on
    group by baskets.customer_id, baskets.offer_id, baskets.kind
    having not bool_or(baskets.is_reached)

),

near_offers as (

    select
        customer_id,
        bool_or(kind = 'amount') as is_near_amount,
        bool_or(kind = 'quantity') as is_near_quantity,
        string_agg(offer_id, ',' order by offer_id) as offers
    from last_baskets
    group by customer_id

)

select
    customer_id,
    1.0e0 as score,
    concat_ws(
        ',',
        case when is_near_amount then 'near_amount_offer' end,
        case when is_near_quantity then 'near_quantity_offer' end
    ) as reason,
    {{ as_of() }} as as_of,
    offers
from near_offers
