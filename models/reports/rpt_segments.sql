with segment_catalog as (

    select * from {{ ref('segment_catalog') }}
    where is_active

),

segment_membership as (

    select * from {{ ref('segment_membership') }}

),

known_people as (

    select count(*) as people
    from {{ ref('customer_360') }}

),

sizes as (

    select
        segment,
        count(*) as people
    from segment_membership
    group by segment

)

select
    segment_catalog.priority,
    segment_catalog.segment_id as segment,
    segment_catalog.kind,
    segment_catalog.label,
    coalesce(sizes.people, 0) as people,
    coalesce(sizes.people, 0)::double / nullif(known_people.people, 0) as people_share,
    segment_catalog.purpose
from segment_catalog
cross join known_people
left join sizes on segment_catalog.segment_id = sizes.segment
