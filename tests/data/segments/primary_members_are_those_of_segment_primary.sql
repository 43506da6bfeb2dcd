-- but for what was changed by hand, and for segments that are switched off
with members as (

    select * from {{ ref('segment_membership') }}
    where kind = 'primary'
        and not is_by_hand

),

primaries as (

    select * from {{ ref('segment_primary') }}

),

manual_overrides as (

    select * from {{ ref('manual_overrides') }}

),

active_segments as (

    select * from {{ ref('segment_catalog') }}
    where is_active

)

select
    coalesce(primaries.customer_id, members.customer_id) as customer_id,
    primaries.segment as primary_segment,
    members.segment as member_of
from primaries
full join members
    on primaries.customer_id = members.customer_id
    and primaries.segment = members.segment
left join manual_overrides
    on primaries.customer_id = manual_overrides.customer_id
    and primaries.segment = manual_overrides.segment_id
left join active_segments on primaries.segment = active_segments.segment_id
where primaries.customer_id is null
    or (
        members.customer_id is null
        and manual_overrides.customer_id is null
        and active_segments.segment_id is not null
    )
