with refund_lines as (

    select * from {{ ref('online_retail_refund_lines') }}

)

select
    refund_id,
    min(order_id) as order_id,
    min(refunded_at) as refunded_at,
    cast(sum(amount) as decimal(18,4)) as amount,
    cast(null as varchar) as reason,
    cast(null as timestamp) as _loaded_at
from refund_lines
group by refund_id
