with store_refunds as (

    select * from {{ ref('store_refunds') }}
    where
        trim(refund_id) <> ''
        and refunded_at < {{ as_of() }}
    qualify {{ version_rank('trim(refund_id)', 'refunded_at desc, order_id, amount') }} = 1

)

select
    {{ clean('refund_id') }} as refund_id,
    {{ clean('order_id') }} as order_id,
    {{ lower_code('reason') }} as reason,
    amount,
    refunded_at
from store_refunds
