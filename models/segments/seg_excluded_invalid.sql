with primary_segments as (

    select * from {{ ref('segment_primary') }}

)

select
    customer_id,
    score,
    reason,
    as_of
from primary_segments
where segment = 'excluded_invalid'
