with store_coupon_rules as (

    select * from {% call latest_versions(
        ref('store_coupon_rules'), 'trim(rule_id)', 'campaign_id, rule_type, operator, value'
    ) %}
        trim(rule_id) <> ''
    {% endcall %} as store_coupon_rules

)

select
    {{ clean('rule_id') }} as rule_id,
    {{ clean('campaign_id') }} as campaign_id,
    {{ lower_code('rule_type') }} as rule_type,
    {{ lower_code('operator') }} as operator,
    {{ clean('value') }} as value
from store_coupon_rules
