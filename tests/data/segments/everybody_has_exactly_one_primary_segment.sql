-- who objected to profiling has none
with customers as (

    select * from {{ ref('customer_360') }}

),

segment_primary as (

    select * from {{ ref('segment_primary') }}

),

segment_counts as (

    select
        customer_id,
        count(*) as segment_count
    from segment_primary
    group by customer_id

)

select
    coalesce(customers.customer_id, segment_counts.customer_id) as customer_id,
    customers.may_profile,
    segment_counts.segment_count
from customers
full join segment_counts on customers.customer_id = segment_counts.customer_id
where customers.customer_id is null
    or coalesce(segment_counts.segment_count, 0)
    <> case when customers.may_profile then 1 else 0 end
