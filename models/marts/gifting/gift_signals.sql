with weights as (

    select * from {{ ref('gift_signal_weights') }}
    where enabled

),

signals as (

    select * from {{ ref('gift_signal_gift_card_sent') }}
    union all
    select * from {{ ref('gift_signal_gift_note') }}
    union all
    select * from {{ ref('gift_signal_gift_wrap') }}
    union all
    select * from {{ ref('gift_signal_other_initials') }}
    union all
    select * from {{ ref('gift_signal_gift_help') }}
    union all
    select * from {{ ref('gift_signal_declared_gift_buyer') }}
    union all
    select * from {{ ref('gift_signal_gender_mismatch') }}
    union all
    select * from {{ ref('gift_signal_size_gap') }}
    union all
    select * from {{ ref('gift_signal_address_other_person') }}
    union all
    select * from {{ ref('gift_signal_address_other_region') }}
    union all
    select * from {{ ref('gift_signal_address_same_region') }}

)

select
    signals.customer_id,
    signals.order_id,
    signals.signal_code,
    weights.class as signal_class,
    signals.detail,
    weights.weight,
    signals.occurred_on,
    signals.occurred_at
from signals
inner join weights on signals.signal_code = weights.code
