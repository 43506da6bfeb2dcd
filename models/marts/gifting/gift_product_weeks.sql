with gift_items as (

    select * from {{ ref('gift_order_items') }}

)

select
    product_id,
    cast(date_trunc('week', ordered_on) as date) as week_starts_on,
    cast(sum(units) as bigint) as units,
    count(distinct order_id) as gift_order_count,
    sum(net_revenue) as net_revenue
from gift_items
group by product_id, date_trunc('week', ordered_on)
