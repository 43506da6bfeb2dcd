-- The canonical refunds. One row per refund_id.
select
    'R' || order_key as refund_id,
    'O' || order_key as order_id,
    refunded_at,
    {{ money('refund_amount') }} as amount,
    case
        when cancel_reason is not null then 'order_cancelled'
        when has_clothing
            then list_value('wrong_size', 'wrong_size', 'not_as_expected', 'defective')
            [1 + {{ pick('order_key', 'refund_reason', 4) }}]
        else list_value('not_as_expected', 'defective', 'arrived_late', 'changed_mind')
            [1 + {{ pick('order_key', 'refund_reason', 4) }}]
    end as reason,
    {{ loaded_after('refunded_at') }} as _loaded_at
from {{ ref('order_fates') }}
where refunded_at < {{ closes_at() }}
