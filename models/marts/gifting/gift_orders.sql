with candidate_orders as (

    select * from {{ ref('gift_candidate_orders') }}

),

signals as (

    select * from {{ ref('gift_signals') }}

),

message_hits as (

    select * from {{ ref('gift_text_hits') }}
    where text_kind = 'message'

),

declared_occasions as (

    select * from {{ ref('gift_declared_occasions') }}

),

signals_per_order as (

    select
        order_id,
        count(case when signal_class = 'evidence' then 1 end) as evidence_count,
        count(case when signal_class = 'clue' then 1 end) as clue_count,
        bool_or(signal_code = 'gift_note') as has_message,
        bool_or(signal_code = 'gift_wrap') as has_wrap,
        {{ noisy_or('weight') }} as gift_score
    from signals
    where order_id is not null
    group by order_id

),

messages as (

    select
        text_kind,
        text_id,
        min_by(recipient, hit_rank) filter (where recipient is not null) as recipient,
        min_by(register, hit_rank) filter (where recipient is not null) as recipient_register,
        min_by(occasion, hit_rank) filter (where occasion is not null) as occasion,
        min_by(number, hit_rank) filter (where number is not null) as first_number
    from message_hits
    group by text_kind, text_id

)

select
    candidate_orders.order_id,
    candidate_orders.customer_id,
    messages.recipient,
    messages.recipient_register,
    coalesce(declared_occasions.occasion, messages.occasion) as occasion,
    case
        when declared_occasions.occasion is not null then 'declared'
        when messages.occasion is not null then 'message'
    end as occasion_basis,
    -- a bare number says nothing; beside a day that is counted it is an age or the years together
    case
        when messages.occasion in ('birthday', 'anniversary') then messages.first_number
    end as milestone_number,
    coalesce(signals_per_order.evidence_count, 0) as evidence_count,
    coalesce(signals_per_order.clue_count, 0) as clue_count,
    coalesce(signals_per_order.gift_score, 0) as gift_score,
    coalesce(
        signals_per_order.evidence_count >= 1
        or signals_per_order.gift_score >= cast({{ var('gift_suspected_min_score') }} as double),
        false
    ) as is_gift_order,
    coalesce(signals_per_order.has_message, false) as has_message,
    coalesce(signals_per_order.has_wrap, false) as has_wrap,
    candidate_orders.ships_to_billing_address,
    -- wrapped or with a note, but delivered to the buyer: the giver unpacks it
    coalesce(
        (signals_per_order.has_message or signals_per_order.has_wrap)
        and candidate_orders.ships_to_billing_address,
        false
    ) as is_unpacked_by_giver,
    coalesce(
        candidate_orders.shipping_country_code, candidate_orders.billing_country_code
    ) as country_code,
    candidate_orders.ordered_on
from candidate_orders
left join signals_per_order on candidate_orders.order_id = signals_per_order.order_id
left join messages on candidate_orders.order_id = messages.text_id
left join declared_occasions on candidate_orders.order_id = declared_occasions.order_id
where signals_per_order.order_id is not null or candidate_orders.has_gift_card
