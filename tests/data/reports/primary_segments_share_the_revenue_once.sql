-- primary segments do not overlap: together they hold no more than everybody, objectors apart
with health as (

    select * from {{ ref('rpt_segment_health') }}
    where kind = 'primary'

),

customers as (

    select
        count(*) as people,
        coalesce(sum(net_revenue_365d), 0) as net_revenue_365d
    from {{ ref('customer_360') }}

)

select
    sum(health.people) as people,
    sum(health.net_revenue_365d) as net_revenue_365d
from health
cross join customers
group by customers.people, customers.net_revenue_365d
having sum(health.people) > customers.people
    or sum(health.net_revenue_365d) > customers.net_revenue_365d
