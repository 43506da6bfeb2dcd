with parcels as (

    select * from {{ ref('open_parcels') }}

),

orders as (

    -- cancelled, fraudulent and wholly refunded orders are waited for no longer
    select * from {{ ref('order_facts') }}
    where is_valid
        and not is_fully_refunded

),

complaints as (

    select * from {{ ref('order_complaints') }}

),

late_parcels as (

    select
        order_id,
        case
            when overdue_days > {{ var('late_grace_days') }} then overdue_days
        end as overdue_days,
        case
            when delay_days > {{ var('late_grace_days') }} then delay_days
        end as delay_days,
        -- a parcel that should have left by yesterday will hardly arrive in time
        case when unshipped_days > 0 then unshipped_days end as unshipped_days
    from parcels

),

-- several parcels of one order: the latest counts, the order is one
late_orders as (

    select
        order_id,
        max(overdue_days) as overdue_days,
        max(delay_days) as delay_days,
        -- greatest() passes over what is not known
        max(greatest(overdue_days, delay_days, unshipped_days)) as days_late
    from late_parcels
    group by order_id

)

select
    orders.order_id,
    orders.customer_id,
    case
        when late_orders.overdue_days is not null then 'delivery_overdue'
        when late_orders.delay_days is not null then 'delivery_delayed'
        else 'not_shipped'
    end as late_basis,
    late_orders.days_late,
    orders.is_first_order,
    complaints.order_id is not null as had_complaint,
    orders.ordered_on,
    orders.promised_delivery_at,
    complaints.first_complaint_at
from late_orders
inner join orders on late_orders.order_id = orders.order_id
left join complaints on orders.order_id = complaints.order_id
-- what is open for longer is a lost record, not a parcel on its way
where late_orders.days_late between 1 and {{ var('late_max_days') }}
