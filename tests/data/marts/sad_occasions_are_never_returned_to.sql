-- nobody is reminded of a funeral, by its own name or as the yearly return of an order
with order_occasions as (

    select * from {{ ref('gift_order_occasions') }}

),

occasion_dates as (

    select base_order_id from {{ ref('gift_occasion_dates') }}

),

anniversaries as (

    select base_order_id from {{ ref('purchase_anniversaries') }}

),

returned_to as (

    select base_order_id from occasion_dates
    union all
    select base_order_id from anniversaries

)

select
    order_occasions.order_id,
    order_occasions.occasion
from returned_to
inner join order_occasions on returned_to.base_order_id = order_occasions.order_id
where order_occasions.occasion_kind in ('sensitive', 'once')
