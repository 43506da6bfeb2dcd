with members as (

    select * from {{ ref('segment_membership') }}

),

segment_reasons as (

    select * from {{ ref('segment_reasons') }}

),

reasons as (

    select
        segment,
        reason
    from members
    group by segment, reason

),

reason_codes as (

    select
        segment,
        unnest(string_split(reason, ',')) as reason_code
    from reasons

)

select reason_codes.*
from reason_codes
left join segment_reasons on reason_codes.reason_code = segment_reasons.reason_code
where segment_reasons.reason_code is null
