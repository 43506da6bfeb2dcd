with affinity_items as (

    select * from {{ ref('affinity_items') }}

),

baskets as (

    select
        mode,
        count(distinct basket_id) as basket_count
    from affinity_items
    group by mode

),

product_counts as (

    select
        mode,
        product_id,
        count(*) as basket_count
    from affinity_items
    group by mode, product_id

),

-- a pair is never more frequent than its rarer half
frequent_items as (

    select affinity_items.*
    from affinity_items
    inner join product_counts
        on affinity_items.mode = product_counts.mode
        and affinity_items.product_id = product_counts.product_id
    where product_counts.basket_count >= {{ var('affinity_min_baskets') }}

),

-- together in a basket (or among its gifts), or the other one later and not too late
pairs as (

    select
        items.mode,
        items.product_id,
        others.product_id as other_product_id,
        count(*) as pair_count
    from frequent_items as items
    inner join frequent_items as others
        on items.mode = others.mode
        and items.basket_id = others.basket_id
        and items.product_id <> others.product_id
    where items.mode <> 'next'
        or date_diff('day', items.bought_on, others.bought_on)
        between 1 and {{ var('affinity_next_window_days') }}
    group by items.mode, items.product_id, others.product_id
    having count(*) >= {{ var('affinity_min_baskets') }}

),

measures as (

    select
        pairs.*,
        baskets.basket_count,
        product_counts.basket_count as product_basket_count,
        other_counts.basket_count as other_basket_count,
        cast(pairs.pair_count as double) / baskets.basket_count as support,
        cast(pairs.pair_count as double) / product_counts.basket_count as confidence,
        {{ lift(
            'pairs.pair_count', 'product_counts.basket_count', 'other_counts.basket_count',
            'baskets.basket_count'
        ) }} as lift,
        {{ wilson_low('pairs.pair_count', 'product_counts.basket_count') }} as confidence_low,
        cast(other_counts.basket_count as double) / baskets.basket_count as other_share
    from pairs
    inner join baskets on pairs.mode = baskets.mode
    inner join product_counts
        on pairs.mode = product_counts.mode
        and pairs.product_id = product_counts.product_id
    inner join product_counts as other_counts
        on pairs.mode = other_counts.mode
        and pairs.other_product_id = other_counts.product_id

)

select
    *,
    row_number() over (
        partition by mode, product_id order by lift desc, pair_count desc, other_product_id
    ) as affinity_rank
from measures
where lift >= {{ var('affinity_min_lift') }}
    and confidence_low > other_share
