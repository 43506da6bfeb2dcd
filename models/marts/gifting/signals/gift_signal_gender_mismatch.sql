with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

customers as (

    select customer_id, gender from {{ ref('customers') }}
    where gender in ('f', 'm')

),

products as (

    select product_id, target_gender from {{ ref('stg_products') }}

),

items as (

    select * from {{ ref('order_item_facts') }}
    where not is_gift_card and not is_warranty

),

units_per_order as (

    select
        candidate_orders.customer_id,
        candidate_orders.order_id,
        candidate_orders.ordered_on,
        candidate_orders.ordered_at,
        sum(items.quantity) as units,
        sum(
            case
                when
                    products.target_gender in ('f', 'm')
                    and products.target_gender <> customers.gender
                then items.quantity
                else 0
            end
        ) as opposite_units
    from candidate_orders
    inner join customers on candidate_orders.customer_id = customers.customer_id
    inner join items on candidate_orders.order_id = items.order_id
    left join products on items.product_id = products.product_id
    group by
        candidate_orders.customer_id,
        candidate_orders.order_id,
        candidate_orders.ordered_on,
        candidate_orders.ordered_at

),

mismatched_customers as (

    select customer_id from units_per_order
    group by customer_id
    having
        sum(opposite_units) >= 1
        and sum(opposite_units)::double / sum(units) >= {{ var('gift_gender_mismatch_min_share') }}

)

select
    units_per_order.customer_id,
    units_per_order.order_id,
    'gender_mismatch' as signal_code,
    'catalogue' as detail,
    units_per_order.ordered_on as occurred_on,
    units_per_order.ordered_at as occurred_at
from units_per_order
inner join mismatched_customers on units_per_order.customer_id = mismatched_customers.customer_id
where units_per_order.opposite_units >= 1
