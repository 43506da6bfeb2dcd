with members as (

    select * from {{ ref('segment_membership') }}

),

customers as (

    select * from {{ ref('customer_360') }}

),

member_revenues as (

    select
        members.customer_id,
        members.segment,
        members.kind,
        coalesce(customers.net_revenue_365d, 0) as net_revenue_365d
    from members
    inner join customers on members.customer_id = customers.customer_id

),

sizes as (

    select
        segment,
        count(*) as people,
        sum(net_revenue_365d) as net_revenue_365d
    from member_revenues
    group by segment

),

-- two primary segments never meet
pairs as (

    select
        smaller.segment,
        other.segment as other_segment,
        count(*) as shared_people,
        sum(smaller.net_revenue_365d) as shared_revenue_365d
    from member_revenues as smaller
    inner join member_revenues as other
        on smaller.customer_id = other.customer_id
        and smaller.segment < other.segment
    where smaller.kind = 'overlay'
        or other.kind = 'overlay'
    group by smaller.segment, other.segment

)

select
    pairs.segment,
    pairs.other_segment,
    sizes.people,
    other_sizes.people as other_people,
    pairs.shared_people,
    pairs.shared_people::double
        / (sizes.people + other_sizes.people - pairs.shared_people) as jaccard,
    pairs.shared_people::double / sizes.people as share_of_segment,
    pairs.shared_people::double / other_sizes.people as share_of_other,
    pairs.shared_revenue_365d,
    pairs.shared_revenue_365d::double
        / nullif(
            sizes.net_revenue_365d + other_sizes.net_revenue_365d - pairs.shared_revenue_365d, 0
        ) as shared_revenue_share,
    pairs.shared_people::double
        / (sizes.people + other_sizes.people - pairs.shared_people)
        >= {{ var('redundant_min_jaccard_share') }} as is_redundant
from pairs
inner join sizes on pairs.segment = sizes.segment
inner join sizes as other_sizes on pairs.other_segment = other_sizes.segment
