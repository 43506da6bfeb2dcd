-- The canonical payments: sales and captures, what a gift card paid, refunds, voids. One row per
-- payment_id.
with order_fates as (

    select * from {{ ref('order_fates') }}

),

card_payments as (

    select order_key, amount from {{ ref('card_payments') }}

),

paid as (

    select
        order_fates.*,
        coalesce(card_payments.amount, 0) as card_amount,
        case when order_fates.method = 'gift_card' then 'card' else order_fates.method end
            as main_method
    from order_fates
    left join card_payments on order_fates.order_key = card_payments.order_key

),

movements as (

    select order_key, 1 as movement_no, main_method as method,
        case when financial_status in ('authorized', 'voided', 'pending') then 'authorization'
            else 'sale' end as kind,
        case when cancel_reason = 'declined' then 'failure' when financial_status = 'pending'
            then 'pending'
            else 'success' end as status,
        grand_total - card_amount as amount, processed_at
    from paid
    where grand_total > card_amount

    union all

    select order_key, 2, 'gift_card', 'sale', 'success', card_amount, processed_at
    from paid
    where card_amount > 0 and cancel_reason is null

    union all

    select order_key, 3, main_method, 'refund', 'success', {{ money('refund_amount') }}, refunded_at
    from paid
    where refunded_at < {{ closes_at() }}

    union all

    select order_key, 4, main_method, 'void', 'success', grand_total - card_amount, cancelled_at
    from paid
    where financial_status = 'voided' and cancel_reason = 'fraud'
        and cancelled_at < {{ closes_at() }}

    union all

    -- a card refused at first
    select order_key, 5, main_method, 'sale', 'failure', grand_total - card_amount,
        processed_at - interval 2 minute
    from paid
    where grand_total > card_amount and {{ chance('order_key', 'refused_once', 0.015) }}

)

select
    'T' || (order_key * 8 + movement_no) as payment_id,
    'O' || order_key as order_id,
    case method when 'paypal' then 'paypal' when 'bnpl' then 'klarna' when 'gift_card'
        then 'gift_card'
        when 'bank_transfer' then 'bank' else 'stripe' end as gateway,
    method,
    kind,
    status,
    {{ money('amount') }} as amount,
    processed_at,
    case when kind = 'sale' and status = 'success' and method in ('card', 'paypal', 'bnpl')
        then {{ cents("amount * case method when 'bnpl' then 0.045 when 'paypal' then 0.029
            else 0.015 end + 0.25") }}
        else {{ money('0') }} end as fee_amount,
    {{ loaded_after('processed_at') }} as _loaded_at
from movements
