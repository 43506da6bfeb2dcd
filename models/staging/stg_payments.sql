with store_payments as (

    select * from {% call latest_versions(
        ref('store_payments'), 'trim(payment_id)', 'processed_at desc, order_id, status, amount'
    ) %}
        trim(payment_id) <> ''
        and processed_at < {{ as_of() }}
    {% endcall %} as store_payments

)

select
    {{ clean('payment_id') }} as payment_id,
    {{ clean('order_id') }} as order_id,
    {{ lower_code('gateway') }} as gateway,
    {{ lower_code('method') }} as method,
    {{ lower_code('kind') }} as kind,
    {{ lower_code('status') }} as status,
    amount,
    fee_amount,
    processed_at
from store_payments
