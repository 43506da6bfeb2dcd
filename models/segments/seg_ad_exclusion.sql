with customers as (

    select
        *,
        {{ returns_a_lot() }} as returns_a_lot
    from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

given_up_customers as (

    select * from {{ ref('segment_primary') }}
    where segment = 'non_target'

),

open_complaints as (

    select * from {{ ref('customer_complaints') }}
    where has_open_complaint

),

signs as (

    select
        customers.customer_id,
        customers.predicted_clv,
        customers.refund_rate,
        given_up_customers.customer_id is not null as is_given_up,
        open_complaints.customer_id is not null as has_open_complaint,
        {{ var('ad_exclusion_includes_returns') }} and customers.returns_a_lot as returns_a_lot,
        open_complaints.last_complained_on
    from customers
    left join given_up_customers on customers.customer_id = given_up_customers.customer_id
    left join open_complaints on customers.customer_id = open_complaints.customer_id

)

select
    customer_id,
    1.0e0 as score,
    concat_ws(
        ',',
        case when is_given_up then 'given_up' end,
        case when has_open_complaint then 'complaint_unsettled' end,
        case when returns_a_lot then 'returns_a_lot' end
    ) as reason,
    {{ as_of() }} as as_of,
    predicted_clv,
    refund_rate,
    last_complained_on
from signs
where is_given_up
    or has_open_complaint
    or returns_a_lot
