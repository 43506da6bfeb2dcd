with segment_catalog as (

    select * from {{ ref('segment_catalog') }}
    where is_active

),

customers as (

    select * from {{ ref('customer_360') }}
    where may_profile
        and not is_invalid

),

manual_overrides as (

    select * from {{ ref('manual_overrides') }}
    where until is null
        or until >= {{ as_of_on() }}

),

-- nobody enters by hand who could not enter by rule
included_by_hand as (

    select
        customers.customer_id,
        manual_overrides.segment_id as segment
    from manual_overrides
    inner join customers on manual_overrides.customer_id = customers.customer_id
    where manual_overrides.action = 'include'

),

claims as (

    select
        customer_id,
        segment,
        1.0e0 as score,
        'override' as reason,
        {{ as_of() }} as as_of,
        true as is_by_hand
    from included_by_hand
    {% for segment in var('segments') %}
    union all
    select
        customer_id,
        '{{ segment }}' as segment,
        score,
        reason,
        as_of,
        false as is_by_hand
    from {{ ref('seg_' ~ segment) }}
    {% endfor %}

)

select
    claims.customer_id,
    claims.segment,
    claims.score,
    claims.reason,
    claims.as_of,
    segment_catalog.kind,
    claims.is_by_hand
from claims
inner join segment_catalog on claims.segment = segment_catalog.segment_id
left join manual_overrides
    on claims.segment = manual_overrides.segment_id
    and claims.customer_id = manual_overrides.customer_id
where claims.is_by_hand
    or manual_overrides.customer_id is null
