-- The lines that came back or were cancelled, valued like the line itself. One row per item_key.
with order_lines as (

    select * from {{ ref('order_lines') }}

),

order_heads as (

    select order_key, refund_kind, cancel_reason from {{ ref('order_heads') }}
    where refund_kind <> 'none' or cancel_reason in ('customer', 'inventory', 'other')

)

select
    order_lines.order_key,
    order_lines.item_key,
    order_heads.cancel_reason,
    order_heads.refund_kind,
    order_lines.tax_rate,
    case when order_heads.refund_kind = 'partial' then 1 else order_lines.quantity end as quantity,
    {{ cents("order_lines.net_amount * (case when order_heads.refund_kind = 'partial'
        then 1 else order_lines.quantity end) / order_lines.quantity") }} as amount
from order_lines
inner join order_heads on order_lines.order_key = order_heads.order_key
where
    order_heads.cancel_reason is not null
    or (order_lines.category_code not in ('gift_card', 'gift_wrap')
        and (order_heads.refund_kind = 'full' or order_lines.line_no = 1))
