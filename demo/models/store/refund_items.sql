-- The canonical refund items; amounts on the basis of the line's unit price. One row per
-- refund_item_id.
with refund_lines as (

    select * from {{ ref('refund_lines') }}

),

order_fates as (

    select order_key, refunded_at from {{ ref('order_fates') }}
    where refunded_at < {{ closes_at() }}

)

select
    'RI' || refund_lines.item_key as refund_item_id,
    'R' || refund_lines.order_key as refund_id,
    'I' || refund_lines.item_key as order_item_id,
    cast(refund_lines.quantity as integer) as quantity,
    {{ money('refund_lines.amount') }} as amount,
    case
        when refund_lines.cancel_reason is not null then 'cancel'
        when {{ chance('refund_lines.item_key', 'restocked', 0.8) }} then 'return'
        else 'no_restock'
    end as restock_type,
    {{ loaded_after('order_fates.refunded_at') }} as _loaded_at
from refund_lines
inner join order_fates on refund_lines.order_key = order_fates.order_key
