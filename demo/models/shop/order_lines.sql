-- The lines of every order with their money, in the order's currency. One row per item_key.
with order_heads as (

    select * from {{ ref('order_heads') }}

),

sized_lines as (

    select * from {{ ref('sized_lines') }}

),

shop_variants as (

    select * from {{ ref('shop_variants') }}

),

priced as (

    select
        sized_lines.order_key,
        sized_lines.item_key,
        sized_lines.line_no,
        sized_lines.is_for_recipient,
        sized_lines.quantity,
        shop_variants.product_no,
        shop_variants.product_id,
        shop_variants.variant_id,
        shop_variants.sku,
        shop_variants.title,
        shop_variants.category_code,
        order_heads.refund_kind,
        order_heads.currency,
        order_heads.ordered_at,
        {{ in_currency('shop_variants.price', 'order_heads.currency') }} as unit_price,
        {{ in_currency('shop_variants.unit_cost', 'order_heads.currency') }} as unit_cost,
        case when shop_variants.category_code in ('gift_card', 'gift_wrap', 'warranty') then 0
            else order_heads.discount_share end as discount_share,
        case when shop_variants.category_code = 'gift_card' then 0 else order_heads.tax_rate end
            as tax_rate
    from sized_lines
    inner join shop_variants
        on sized_lines.product_no = shop_variants.product_no
            and sized_lines.variant_no = shop_variants.variant_no
    inner join order_heads on sized_lines.order_key = order_heads.order_key

),

discounted as (

    select
        *,
        {{ cents('unit_price * quantity * discount_share') }} as discount_amount,
        {{ cents('unit_price * quantity') }} - {{ cents('unit_price * quantity * discount_share') }}
            as net_amount
    from priced

)

select
    *,
    {{ cents("net_amount * tax_rate / case when currency = 'USD' then 1 else 1 + tax_rate end") }}
        as tax_amount
from discounted
