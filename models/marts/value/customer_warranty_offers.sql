with uncovered_items as (

    select
        *,
        {{ months_later('delivered_on', var('manufacturer_warranty_months')) }} as warranty_ends_on
    from {{ ref('warranty_sales') }}
    where customer_id is not null
        and delivered_on is not null
        and not has_warranty

),

offers as (

    select
        *,
        case
            when date_diff('day', delivered_on, {{ as_of_on() }})
                <= {{ var('warranty_offer_window_days') }} then 'just_arrived'
            when date_diff('day', {{ as_of_on() }}, warranty_ends_on)
                between 0 and {{ var('warranty_offer_window_days') }} then 'warranty_ends'
        end as occasion
    from uncovered_items

),

ranked_offers as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by net_revenue desc, delivered_on desc, order_item_id
        ) as offer_rank
    from offers
    where occasion is not null

)

select
    customer_id,
    occasion,
    order_id,
    product_id,
    net_revenue,
    delivered_on,
    warranty_ends_on
from ranked_offers
where offer_rank = 1
