with store_coupon_rules as (

    select * from {{ ref('store_coupon_rules') }}
    where trim(rule_id) <> ''
    qualify {{ version_rank('trim(rule_id)', 'campaign_id, rule_type, operator, value') }} = 1

)

select
    {{ clean('rule_id') }} as rule_id,
    {{ clean('campaign_id') }} as campaign_id,
    {{ lower_code('rule_type') }} as rule_type,
    {{ lower_code('operator') }} as operator,
    {{ clean('value') }} as value
from store_coupon_rules
