with sales as (

    select * from {{ ref('online_retail_lines') }}
    where line_kind = 'sale' and customer_id is not null

)

select
    line_id as order_item_id,
    invoice as order_id,
    stock_code as product_id,
    cast(null as varchar) as variant_id,
    stock_code as sku,
    coalesce(description, stock_code) as title,
    quantity,
    unit_price,
    cast(0 as decimal(18,4)) as discount_amount,
    cast(0 as decimal(18,4)) as tax_amount,
    cast(null as decimal(18,4)) as unit_cost,
    is_gift_card,
    false as is_warranty,
    not is_fee and not is_gift_card as requires_shipping,
    cast(null as timestamp) as _loaded_at
from sales
