with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

gift_options as (

    select * from {{ ref('stg_order_gift_options') }}
    where gift_wrap or has_gift_box

),

wrap_items as (

    select * from {{ ref('stg_order_items') }}
    where {{ is_gift_wrap('sku') }}

),

wrapped as (

    select
        order_id,
        case when gift_wrap then 'wrap' else 'box' end as detail
    from gift_options
    union all
    select
        order_id,
        'wrap_sku' as detail
    from wrap_items

),

wrapped_orders as (

    select
        order_id,
        min(detail) as detail
    from wrapped
    group by order_id

)

select
    candidate_orders.customer_id,
    candidate_orders.order_id,
    'gift_wrap' as signal_code,
    wrapped_orders.detail,
    candidate_orders.ordered_on as occurred_on,
    candidate_orders.ordered_at as occurred_at
from candidate_orders
inner join wrapped_orders on candidate_orders.order_id = wrapped_orders.order_id
