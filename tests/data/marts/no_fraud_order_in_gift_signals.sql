-- straight from the source rows, so that it also holds the models that filter
with signals as (

    select * from {{ ref('gift_signals') }}

),

orders as (

    select * from {{ ref('stg_orders') }}

),

risks as (

    select * from {{ ref('stg_order_risks') }}

)

select
    signals.customer_id,
    signals.order_id,
    signals.signal_code,
    orders.financial_status,
    orders.cancel_reason,
    risks.risk_level
from signals
inner join orders on signals.order_id = orders.order_id
left join risks on signals.order_id = risks.order_id
where
    orders.financial_status = 'voided'
    or orders.cancel_reason = 'fraud'
    or risks.risk_level = 'high'
    or risks.is_fraud
    or risks.chargeback_at is not null
