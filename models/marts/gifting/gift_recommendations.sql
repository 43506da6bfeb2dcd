with gift_items as (

    select * from {{ ref('gift_order_items') }}
    where category is not null
        and date_diff('day', ordered_on, {{ as_of_on() }}) <= {{ var('gift_hot_window_days') }}

),

order_occasions as (

    select * from {{ ref('gift_order_occasions') }}

),

products as (

    select * from {{ ref('gift_product_quality') }}
    where is_recommendable

),

occasion_items as (

    select 'any' as occasion, product_id, category, order_id, units from gift_items
    union all
    select
        order_occasions.occasion,
        gift_items.product_id,
        gift_items.category,
        gift_items.order_id,
        gift_items.units
    from gift_items
    inner join order_occasions on gift_items.order_id = order_occasions.order_id
    -- nobody is shown what others send to a sickbed
    where order_occasions.occasion_kind in ('calendar', 'yearly', 'once')

),

gifts as (

    select
        occasion,
        category,
        product_id,
        cast(sum(units) as bigint) as units,
        count(distinct order_id) as gift_order_count
    from occasion_items
    group by occasion, category, product_id
    having count(distinct order_id) >= {{ var('gift_hot_min_orders') }}

),

listed as (

    select
        'hot' as list,
        gifts.*,
        row_number() over (
            partition by gifts.occasion, gifts.category
            order by gifts.gift_order_count desc, gifts.units desc, gifts.product_id
        ) as list_rank
    from gifts
    inner join products on gifts.product_id = products.product_id
    union all
    -- who is unsure wants what comes back least and is liked best
    select
        'safe' as list,
        gifts.*,
        row_number() over (
            partition by gifts.occasion, gifts.category
            order by
                products.refund_share,
                products.mean_rating desc nulls last,
                gifts.gift_order_count desc,
                gifts.product_id
        ) as list_rank
    from gifts
    inner join products on gifts.product_id = products.product_id and products.is_safe

)

select
    listed.list,
    listed.occasion,
    listed.category,
    listed.list_rank,
    listed.product_id,
    listed.units,
    listed.gift_order_count,
    products.refund_share,
    products.review_count,
    products.mean_rating
from listed
inner join products on listed.product_id = products.product_id
where listed.list_rank <= {{ var('gift_list_max_items') }}
