with store_loyalty_ledger as (

    select * from {% call latest_versions(
        ref('store_loyalty_ledger'),
        'trim(entry_id)',
        'occurred_at desc, customer_id, points, entry_type'
    ) %}
        trim(entry_id) <> ''
        and occurred_at < {{ as_of() }}
    {% endcall %} as store_loyalty_ledger

)

select
    {{ clean('entry_id') }} as entry_id,
    {{ clean('customer_id') }} as customer_id,
    {{ clean('order_id') }} as order_id,
    {{ lower_code('entry_type') }} as entry_type,
    points,
    occurred_at,
    expires_at
from store_loyalty_ledger
