-- The canonical discounts of orders: the code on the goods, now and then one on the shipping. One
-- row per order_id, line_no.
with order_heads as (

    select * from {{ ref('order_heads') }}

),

order_money as (

    select order_key, discount_total from {{ ref('order_money') }}
    where discount_total > 0

)

select
    'O' || order_heads.order_key as order_id,
    cast(1 as integer) as line_no,
    {{ discount_code('order_heads') }} as code,
    'percentage' as discount_type,
    order_money.discount_total as amount,
    false as is_shipping,
    {{ loaded_after('order_heads.ordered_at') }} as _loaded_at
from order_heads
inner join order_money on order_heads.order_key = order_money.order_key

union all

select
    'O' || order_heads.order_key,
    cast(2 as integer),
    'FREESHIP',
    'shipping',
    {{ in_currency('6.95', 'order_heads.currency') }},
    true,
    {{ loaded_after('order_heads.ordered_at') }}
from order_heads
where order_heads.shipping_role is not null
    and {{ chance('order_heads.order_key', 'free_shipping_code', 0.02) }}
