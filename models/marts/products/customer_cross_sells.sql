with arrivals as (

    select * from {{ ref('kept_items') }}
    where customer_id is not null
        and not is_sensitive
        and date_diff('day', delivered_on, {{ as_of_on() }})
        between {{ var('cross_sell_delay_days') }}
        and {{ var('cross_sell_delay_days') }} + {{ var('cross_sell_catch_up_days') }}

),

product_affinity as (

    select * from {{ ref('product_affinity') }}
    where mode <> 'gift'

),

product_prices as (

    select * from {{ ref('product_prices') }}
    where is_offerable

),

owned_products as (

    select * from {{ ref('customer_products') }}

),

suggestions as (

    select
        arrivals.customer_id,
        arrivals.order_id,
        arrivals.product_id as received_product_id,
        product_affinity.other_product_id as product_id,
        product_affinity.mode,
        product_affinity.lift,
        arrivals.delivered_on,
        row_number() over (
            partition by arrivals.customer_id, product_affinity.other_product_id
            order by product_affinity.lift desc, product_affinity.mode, arrivals.order_id,
                arrivals.product_id
        ) as source_rank
    from arrivals
    inner join product_affinity on arrivals.product_id = product_affinity.product_id
    inner join product_prices on product_affinity.other_product_id = product_prices.product_id
    left join owned_products
        on arrivals.customer_id = owned_products.customer_id
        and product_affinity.other_product_id = owned_products.product_id
    where owned_products.product_id is null

),

ranked_suggestions as (

    select
        *,
        row_number() over (
            partition by customer_id order by lift desc, product_id
        ) as suggestion_rank
    from suggestions
    where source_rank = 1

)

select
    customer_id,
    product_id,
    suggestion_rank,
    order_id,
    received_product_id,
    mode,
    lift,
    delivered_on
from ranked_suggestions
where suggestion_rank <= {{ var('cross_sell_max_products') }}
