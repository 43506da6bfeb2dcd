-- every gift order is in each of the tables that cut them up, once
with gift_orders as (

    select count(*) as gift_order_count from {{ ref('gift_orders') }}
    where is_gift_order

),

counts as (

    select 'occasions' as cut, count(*) as gift_order_count from {{ ref('gift_order_occasions') }}
    union all
    select 'recipients' as cut, coalesce(sum(gift_order_count), 0) as gift_order_count
    from {{ ref('gift_recipients') }}
    union all
    select 'experiences' as cut, count(*) as gift_order_count
    from {{ ref('gift_order_experiences') }}
    union all
    select 'givers' as cut, coalesce(sum(gift_order_count), 0) as gift_order_count
    from {{ ref('gift_givers') }}

),

units as (

    select coalesce(sum(units), 0) as unit_count from {{ ref('gift_order_items') }}

),

unit_counts as (

    select coalesce(sum(units), 0) as unit_count from {{ ref('gift_product_weeks') }}

)

select
    counts.cut,
    counts.gift_order_count as cut_count,
    gift_orders.gift_order_count as gift_count
from counts
cross join gift_orders
where counts.gift_order_count <> gift_orders.gift_order_count
union all
select
    'weeks' as cut,
    unit_counts.unit_count as cut_count,
    units.unit_count as gift_count
from unit_counts
cross join units
where unit_counts.unit_count <> units.unit_count
