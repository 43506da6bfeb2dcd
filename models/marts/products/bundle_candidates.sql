with pairs as (

    select * from {{ ref('product_affinity') }}
    where mode = 'basket'

),

product_prices as (

    select * from {{ ref('product_prices') }}
    where is_offerable
        and price > 0

),

product_performance as (

    select * from {{ ref('product_performance') }}

)

select
    pairs.product_id as main_product_id,
    pairs.other_product_id as add_on_product_id,
    main_performance.title as main_title,
    add_on_performance.title as add_on_title,
    pairs.pair_count as order_count,
    pairs.support,
    pairs.confidence,
    pairs.confidence_low,
    pairs.lift,
    main_prices.price as main_price,
    add_on_prices.price as add_on_price,
    main_prices.price + add_on_prices.price as bundle_price,
    {{ money('main_prices.price * main_performance.margin_rate
        + add_on_prices.price * add_on_performance.margin_rate') }} as bundle_margin,
    cast(add_on_prices.price as double) / cast(main_prices.price as double) as add_on_price_share
from pairs
inner join product_prices as main_prices on pairs.product_id = main_prices.product_id
inner join product_prices as add_on_prices on pairs.other_product_id = add_on_prices.product_id
inner join product_performance as main_performance
    on pairs.product_id = main_performance.product_id
inner join product_performance as add_on_performance
    on pairs.other_product_id = add_on_performance.product_id
where pairs.support >= {{ var('bundle_min_support_share') }}
    and add_on_prices.price <= {{ var('bundle_max_add_on_price_share') }} * main_prices.price
