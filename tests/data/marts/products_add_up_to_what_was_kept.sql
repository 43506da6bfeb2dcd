with product_performance as (

    select * from {{ ref('product_performance') }}

),

kept_items as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and kept_quantity > 0
        and product_id is not null
        and not is_gift_card

),

product_totals as (

    select
        coalesce(sum(units), 0) as units,
        coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(margin), 0) as margin
    from product_performance

),

item_totals as (

    select
        coalesce(sum(kept_quantity), 0) as units,
        coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(margin), 0) as margin
    from kept_items

)

select
    product_totals.net_revenue as products_net_revenue,
    item_totals.net_revenue as items_net_revenue
from product_totals
cross join item_totals
where product_totals.units <> item_totals.units
    or product_totals.net_revenue <> item_totals.net_revenue
    or product_totals.margin <> item_totals.margin
