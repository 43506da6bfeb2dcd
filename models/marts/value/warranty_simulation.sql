with warranty_sales as (

    select * from {{ ref('warranty_sales') }}

),

warranties as (

    select * from {{ ref('order_item_facts') }}
    where is_valid
        and is_warranty
        and kept_quantity > 0

),

customer_warranty_offers as (

    select * from {{ ref('customer_warranty_offers') }}

),

products as (

    select * from {{ ref('stg_products') }}

),

sales as (

    select
        coalesce(category, 'unknown') as category,
        count(*) as sold_count,
        count(*) filter (where has_warranty_in_order) as covered_count
    from warranty_sales
    group by coalesce(category, 'unknown')

),

open_offers as (

    select
        coalesce({{ top_category('products.category_path') }}, 'unknown') as category,
        count(*) as offer_count
    from customer_warranty_offers
    left join products on customer_warranty_offers.product_id = products.product_id
    group by coalesce({{ top_category('products.category_path') }}, 'unknown')

),

warranty_money as (

    select
        cast(sum(net_revenue) as double) / nullif(sum(kept_quantity), 0) as mean_price,
        cast(sum(margin) as double) / nullif(sum(kept_quantity), 0) as mean_margin
    from warranties

)

select
    sales.category,
    sales.sold_count,
    sales.covered_count,
    cast(sales.covered_count as double) / sales.sold_count as attach_rate,
    {{ wilson_low('sales.covered_count', 'sales.sold_count') }} as attach_rate_low,
    {{ wilson_high('sales.covered_count', 'sales.sold_count') }} as attach_rate_high,
    warranty_money.mean_price,
    warranty_money.mean_margin,
    coalesce(open_offers.offer_count, 0) as offer_count,
    -- if those asked later say yes as often as those who were asked at the till
    coalesce(open_offers.offer_count, 0) * cast(sales.covered_count as double) / sales.sold_count
        * coalesce(warranty_money.mean_margin, 0) as expected_margin
from sales
cross join warranty_money
left join open_offers on sales.category = open_offers.category
