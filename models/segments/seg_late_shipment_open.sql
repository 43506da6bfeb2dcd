with customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

late_shipments as (

    select
        *,
        count(*) over (partition by customer_id) as late_order_count,
        row_number() over (
            partition by customer_id order by days_late desc, order_id
        ) as late_rank
    from {{ ref('late_shipments') }}
    where customer_id is not null

),

punctuality as (

    select * from {{ ref('delivery_punctuality') }}

)

select
    customers.customer_id,
    1.0e0 as score,
    concat_ws(
        ',',
        late_shipments.late_basis,
        case when late_shipments.is_first_order then 'first_order' end,
        case when late_shipments.had_complaint then 'complained_already' end
    ) as reason,
    {{ as_of() }} as as_of,
    late_shipments.order_id,
    late_shipments.days_late,
    late_shipments.late_order_count,
    {{ money(var('late_coupon_amount')) }} as coupon_amount,
    case when punctuality.may_claim_punctuality then punctuality.on_time_rate end
        as claimed_on_time_rate,
    {{ var('late_free_shipping') }} as free_shipping,
    late_shipments.is_first_order,
    late_shipments.had_complaint,
    punctuality.may_claim_punctuality
from customers
inner join late_shipments
    on customers.customer_id = late_shipments.customer_id
    and late_shipments.late_rank = 1
cross join punctuality
