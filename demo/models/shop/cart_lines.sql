-- The lines of all carts: of the abandoned ones from what was looked at, of the completed ones from
-- their order. One row per cart_line_key.
with order_lines as (

    select * from {{ ref('order_lines') }}

),

order_heads as (

    select * from {{ ref('order_heads') }}

),

views as (

    select * from {{ ref('views') }}
    where is_carted

),

shop_variants as (

    select * from {{ ref('shop_variants') }}

),

variant_counts as (

    select product_no, count(*) as variant_count from shop_variants
    group by product_no

),

left_lines as (

    select
        views.visit_key,
        views.view_key as cart_line_key,
        views.started_at,
        views.product_no,
        1 + {{ pick('views.view_key', 'cart_variant', 'variant_counts.variant_count') }}
            as variant_no,
        case when {{ chance('views.view_key', 'cart_several', 0.1) }} then 2 else 1 end as quantity
    from views
    inner join variant_counts on views.product_no = variant_counts.product_no

)

select
    left_lines.visit_key,
    left_lines.cart_line_key,
    left_lines.started_at,
    'USD' as currency,
    shop_variants.product_id,
    shop_variants.variant_id,
    left_lines.quantity,
    shop_variants.price as unit_price
from left_lines
inner join shop_variants
    on left_lines.product_no = shop_variants.product_no
        and left_lines.variant_no = shop_variants.variant_no

union all

select
    order_lines.order_key * 8,
    order_lines.order_key * 64 + order_lines.line_no,
    order_lines.ordered_at,
    order_lines.currency,
    order_lines.product_id,
    order_lines.variant_id,
    order_lines.quantity,
    order_lines.unit_price
from order_lines
inner join order_heads on order_lines.order_key = order_heads.order_key
where order_heads.channel in ('web', 'app')
