with order_lines as (

    select * from {{ ref('order_lines') }}

),

order_money as (

    select * from {{ ref('order_money') }}

),

order_facts as (

    select * from {{ ref('order_facts') }}

),

products as (

    select * from {{ ref('stg_products') }}

),

net_lines as (

    select
        order_lines.*,
        order_money.fx_rate,
        -- a gift card sold is a debt of the shop, not revenue
        case when order_lines.is_gift_card then 0 else order_money.net_share end as revenue_share
    from order_lines
    inner join order_money on order_lines.order_id = order_money.order_id

),

net_amounts as (

    select
        *,
        {{ money_share('amount', 'revenue_share') }} as net_amount,
        {{ money_share('discount_amount', 'revenue_share') }} as net_discount,
        {{ money_share('refunded_amount', 'revenue_share') }} as net_refund
    from net_lines

),

revenues as (

    select
        *,
        {{ money_exchanged('net_amount', 'fx_rate') }} as gross_revenue,
        {{ money_exchanged('net_discount', 'fx_rate') }} as discount_revenue,
        {{ money_exchanged('net_refund', 'fx_rate') }} as refunded_revenue,
        {{ money_exchanged('unit_price', 'fx_rate') }} as store_unit_price,
        coalesce({{ money_exchanged('line_unit_cost', 'fx_rate') }}, list_unit_cost) as unit_cost
    from net_amounts

),

earnings as (

    select
        *,
        gross_revenue - discount_revenue - refunded_revenue as net_revenue,
        case when is_gift_card then 0 else kept_quantity * unit_cost end as cost
    from revenues

)

select
    earnings.order_item_id,
    earnings.order_id,
    order_facts.customer_id,
    earnings.product_id,
    earnings.variant_id,
    earnings.sku,
    {{ top_category('products.category_path') }} as category,
    products.category_path,
    case when earnings.cost is null then 'assumed' else 'cost_only' end as margin_basis,
    earnings.quantity,
    earnings.refunded_quantity,
    earnings.kept_quantity,
    earnings.store_unit_price as unit_price,
    earnings.gross_revenue,
    earnings.discount_revenue as discount_amount,
    earnings.refunded_revenue as refunded_amount,
    earnings.net_revenue,
    earnings.unit_cost,
    {{ money('earnings.cost') }} as cost,
    {{ money(
        'coalesce(earnings.net_revenue - earnings.cost, earnings.net_revenue * '
        ~ var('default_margin_rate') ~ ')'
    ) }} as margin,
    earnings.is_gift_card,
    earnings.is_warranty,
    products.sensitive_category is not null as is_sensitive,
    coalesce(products.is_consumable, false) as is_consumable,
    order_facts.is_valid,
    order_facts.is_fraud,
    order_facts.ordered_on,
    order_facts.ordered_at
from earnings
inner join order_facts on earnings.order_id = order_facts.order_id
left join products on earnings.product_id = products.product_id
