with segment_membership as (

    select * from {{ ref('segment_membership') }}

),

segment_catalog as (

    select * from {{ ref('segment_catalog') }}

)

select
    segment_catalog.segment,
    segment_catalog.label,
    count(segment_membership.customer_id) as size,
    max(segment_membership.build_stamp) as build_stamp
from segment_catalog
left join segment_membership on segment_catalog.segment = segment_membership.segment
group by segment_catalog.segment, segment_catalog.label
