with refund_lines as (

    select * from {{ ref('online_retail_refund_lines') }}

)

select
    refund_item_id,
    refund_id,
    order_item_id,
    quantity,
    amount,
    cast(null as varchar) as restock_type,
    cast(null as timestamp) as _loaded_at
from refund_lines
