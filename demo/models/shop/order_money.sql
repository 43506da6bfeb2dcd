-- The totals of every order, in its currency. In euros and pounds prices and shipping contain the
-- tax; in dollars it is added, to the goods alone. One row per order_key.
with order_lines as (

    select * from {{ ref('order_lines') }}

),

order_heads as (

    select * from {{ ref('order_heads') }}

),

sums as (

    select
        order_key,
        sum(unit_price * quantity) as subtotal,
        sum(discount_amount) as discount_total,
        sum(net_amount) as net_total,
        sum(tax_amount) as tax_total,
        count(*) as line_count
    from order_lines
    group by order_key

),

shipped as (

    select
        sums.*,
        order_heads.currency,
        order_heads.tax_rate,
        order_heads.currency <> 'USD' as taxes_included,
        {{ in_currency("(case
            when order_heads.shipping_role is null then 0
            when sums.net_total >= 75 then 0
            when order_heads.shipping_role >= 8 and order_heads.distance = 'other_country'
                then 14.95
            else 6.95
        end)", 'order_heads.currency') }} as shipping_total
    from sums
    inner join order_heads on sums.order_key = order_heads.order_key

),

taxed as (

    select
        * exclude (tax_total),
        tax_total + case when taxes_included
            then {{ cents('shipping_total * tax_rate / (1 + tax_rate)') }}
            else 0 end as tax_total
    from shipped

)

select
    order_key,
    line_count,
    currency,
    taxes_included,
    {{ money('subtotal') }} as subtotal,
    {{ money('discount_total') }} as discount_total,
    shipping_total,
    {{ money('tax_total') }} as tax_total,
    {{ money('subtotal - discount_total + shipping_total
        + case when taxes_included then 0 else tax_total end') }} as grand_total
from taxed
