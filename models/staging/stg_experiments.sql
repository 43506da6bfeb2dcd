with store_experiments as (

    select * from {% call latest_versions(
        ref('store_experiments'), 'trim(experiment_id)', 'starts_at, ends_at, campaign_id, salt'
    ) %}
        trim(experiment_id) <> ''
    {% endcall %} as store_experiments

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
