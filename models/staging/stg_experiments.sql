with store_experiments as (

    select * from {{ ref('store_experiments') }}
    where trim(experiment_id) <> ''
    qualify {{ version_rank('trim(experiment_id)', 'starts_at, ends_at, campaign_id, salt') }} = 1

)

select
    {{ clean('experiment_id') }} as experiment_id,
    {{ clean('campaign_id') }} as campaign_id,
    {{ clean('salt') }} as salt,
    {{ clean('variants') }} as variants,
    {{ lower_code('metric') }} as metric,
    {{ lower_code('unit') }} as unit,
    window_days,
    starts_at,
    ends_at
from store_experiments
