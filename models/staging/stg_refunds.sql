with store_refunds as (

    select * from {% call latest_versions(
        ref('store_refunds'), 'trim(refund_id)', 'refunded_at desc, order_id, amount'
    ) %}
        trim(refund_id) <> ''
        and refunded_at < {{ as_of() }}
    {% endcall %} as store_refunds

)

select
    {{ clean('refund_id') }} as refund_id,
    {{ clean('order_id') }} as order_id,
    {{ lower_code('reason') }} as reason,
    amount,
    refunded_at
from store_refunds
