-- the union of the customer segments is everybody with a valid order who is not excluded
with customers as (

    select * from {{ ref('customer_360') }}

),

segment_primary as (

    select * from {{ ref('segment_primary') }}

)

select
    customers.customer_id,
    customers.valid_order_count,
    segment_primary.segment
from segment_primary
inner join customers on segment_primary.customer_id = customers.customer_id
where segment_primary.segment <> 'excluded_invalid'
    and (customers.valid_order_count > 0) <> (
        segment_primary.segment in (
            'new_customer', 'at_risk_high_value', 'loyal_high_value', 'frequent_low_value',
            'developing', 'non_target', 'lapsed'
        )
    )
