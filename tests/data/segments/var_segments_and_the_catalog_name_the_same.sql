-- the loop of segment_membership needs a file for each name of the var, so files are held as well
with listed_segments as (

    select unnest(['{{ var('segments') | join("', '") }}']) as segment_id

),

segment_catalog as (

    select * from {{ ref('segment_catalog') }}

)

select
    listed_segments.segment_id as listed_segment,
    segment_catalog.segment_id as catalog_segment
from listed_segments
full join segment_catalog on listed_segments.segment_id = segment_catalog.segment_id
where listed_segments.segment_id is null
    or segment_catalog.segment_id is null
