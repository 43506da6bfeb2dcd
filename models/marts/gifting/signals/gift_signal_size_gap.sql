with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}
    where date_diff('day', ordered_on, {{ as_of_on() }}) <= {{ var('gift_size_window_days') }}

),

kept_items as (

    select * from {{ ref('order_item_facts') }}
    where kept_quantity > 0

),

products as (

    select product_id, age_group from {{ ref('stg_products') }}

),

variants as (

    select variant_id, size_system, size_value from {{ ref('stg_product_variants') }}

),

sizes as (

    select * from {{ ref('size_scale') }}

),

gaps as (

    select
        candidate_orders.customer_id,
        sizes.size_system,
        max(candidate_orders.ordered_on) as last_ordered_on,
        max(candidate_orders.ordered_at) as last_ordered_at
    from candidate_orders
    inner join kept_items on candidate_orders.order_id = kept_items.order_id
    inner join variants on kept_items.variant_id = variants.variant_id
    inner join sizes
        on lower(variants.size_system) = lower(sizes.size_system)
        and lower(variants.size_value) = lower(sizes.size_value)
    left join products on kept_items.product_id = products.product_id
    group by
        candidate_orders.customer_id,
        sizes.size_system,
        kept_items.category,
        products.age_group
    having max(sizes.ordinal) - min(sizes.ordinal) >= {{ var('gift_size_gap_min_steps') }}

)

select
    customer_id,
    cast(null as varchar) as order_id,
    'size_gap' as signal_code,
    string_agg(distinct size_system, ',' order by size_system) as detail,
    max(last_ordered_on) as occurred_on,
    max(last_ordered_at) as occurred_at
from gaps
group by customer_id
