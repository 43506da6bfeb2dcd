with matrix as (

    select * from {{ ref('rpt_segment_matrix') }}

),

customers as (

    select
        count(*) as people,
        coalesce(sum(margin_365d), 0) as margin_365d
    from {{ ref('customer_360') }}
    where may_profile

),

crosses as (

    select
        dimension,
        other_dimension,
        sum(people) as people,
        sum(margin_365d) as margin_365d
    from matrix
    group by dimension, other_dimension

)

select crosses.*
from crosses
cross join customers
where crosses.people <> customers.people
    or crosses.margin_365d <> customers.margin_365d
