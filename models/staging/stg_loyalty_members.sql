with store_loyalty_members as (

    select * from {% call latest_versions(
        ref('store_loyalty_members'), 'trim(customer_id)', 'joined_at, tier'
    ) %}
        trim(customer_id) <> ''
        and joined_at < {{ as_of() }}
    {% endcall %} as store_loyalty_members

)

select
    {{ clean('customer_id') }} as customer_id,
    {{ lower_code('tier') }} as tier,
    joined_at
from store_loyalty_members
