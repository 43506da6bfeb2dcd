-- The canonical risk verdicts. One row per order_id.
with order_fates as (

    select * from {{ ref('order_fates') }}

),

judged as (

    select
        'O' || order_key as order_id,
        person_kind = 'fraudster' as is_swindle,
        {{ draw('order_key', 'risk') }} as risk_draw,
        cancel_reason,
        is_charged_back and cancel_reason is null as is_charged_back,
        {{ later('ordered_at', '18 + 40 * ' ~ draw('order_key', 'chargeback_delay')) }}
            as chargeback_at,
        {{ loaded_after('ordered_at') }} as _loaded_at
    from order_fates

)

select
    order_id,
    case
        when is_swindle then case when risk_draw < 0.7 then 'high' else 'medium' end
        when risk_draw < 0.003 then 'high'
        when risk_draw < 0.04 then 'medium'
        else 'low'
    end as risk_level,
    case when is_charged_back then {{ if_known('chargeback_at') }} end as chargeback_at,
    coalesce(cancel_reason = 'fraud', false)
    or coalesce(is_swindle and is_charged_back and chargeback_at < {{ closes_at() }}, false)
        as is_fraud,
    _loaded_at
from judged
