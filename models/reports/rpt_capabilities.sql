with capabilities as (

    select * from {{ ref('capabilities') }}

),

capability_states as (

    select * from {{ ref('capability_states') }}

),

source_coverage as (

    select * from {{ ref('source_coverage') }}

),

segmentation_depth as (

    select * from {{ ref('segmentation_depth') }}

),

lifetime_models as (

    select * from {{ ref('lifetime_models') }}
    where sample = 'all'

),

mapping_notes as (

    select * from {{ ref('mapping_notes') }}

),

judged as (

    select
        source_coverage.capability,
        case
            when source_coverage.known_count = 0 then 'off'
            when
                source_coverage.known_count
                >= capabilities.on_min_share * source_coverage.row_count
                then 'on'
            else 'degraded'
        end as state,
        source_coverage.row_count,
        source_coverage.known_count
    from source_coverage
    inner join capabilities
        on source_coverage.capability = capabilities.capability

    union all

    select
        'segmentation_depth' as capability,
        case depth when 'fine' then 'on' when 'broad' then 'degraded' else 'off' end as state,
        order_count as row_count,
        repeat_customer_count as known_count
    from segmentation_depth

    union all

    select
        'lifetime_model' as capability,
        case
            when lifetime_models.purchase_state <> 'usable' then 'off'
            when lifetime_models.spend_state <> 'usable' then 'degraded'
            when lifetime_models.sample = 'all' then 'on'
            else 'off'
        end as state,
        coalesce(lifetime_models.buyer_count, 0) as row_count,
        case
            when lifetime_models.purchase_state = 'usable' then lifetime_models.buyer_count
            else 0
        end as known_count
    from segmentation_depth
    left join lifetime_models on lifetime_models.sample = 'all'

)

select
    judged.capability,
    capabilities.label,
    judged.state,
    capability_states.basis,
    capability_states.reason,
    judged.row_count,
    judged.known_count
from judged
inner join capabilities
    on judged.capability = capabilities.capability
left join capability_states
    on
        judged.capability = capability_states.capability
        and judged.state = capability_states.state

union all

select
    topic as capability,
    'Mapping of the platform' as label,
    state,
    'adapter' as basis,
    detail as reason,
    row_count,
    row_count as known_count
from mapping_notes
