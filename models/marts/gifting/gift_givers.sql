with signals as (

    select * from {{ ref('gift_signals') }}

),

gift_orders as (

    select * from {{ ref('gift_orders') }}
    where is_gift_order

),

order_occasions as (

    select order_id, occasion from {{ ref('gift_order_occasions') }}

),

-- each code speaks once: ten orders with the same clue are no proof
codes as (

    select
        customer_id,
        signal_code,
        signal_class,
        max(weight) as weight,
        count(*) as signal_count
    from signals
    group by customer_id, signal_code, signal_class

),

scores as (

    select
        customer_id,
        {{ noisy_or('weight') }} as gift_score,
        count(case when signal_class = 'evidence' then 1 end) as gift_evidence_count,
        count(case when signal_class = 'clue' then 1 end) as gift_clue_count,
        cast(sum(signal_count) as bigint) as gift_signal_count,
        string_agg(signal_code, ',' order by signal_code) as gift_signal_codes
    from codes
    group by customer_id

),

gifts_per_customer as (

    select
        gift_orders.customer_id,
        count(*) as gift_order_count,
        count(distinct date_part('year', gift_orders.ordered_on)) as gift_year_count,
        count(distinct order_occasions.occasion) as gift_occasion_count,
        min(gift_orders.ordered_on) as first_gift_ordered_on,
        max(gift_orders.ordered_on) as last_gift_ordered_on
    from gift_orders
    left join order_occasions on gift_orders.order_id = order_occasions.order_id
    group by gift_orders.customer_id

),

last_gifts as (

    select
        customer_id,
        order_id,
        row_number() over (
            partition by customer_id
            order by ordered_on desc, order_id desc
        ) as recency_rank
    from gift_orders

)

select
    scores.customer_id,
    last_gifts.order_id as last_gift_order_id,
    case
        when scores.gift_evidence_count >= 1 then 'known'
        when scores.gift_score >= cast({{ var('gift_suspected_min_score') }} as double)
        then 'suspected'
        else 'none'
    end as gift_giver_status,
    scores.gift_signal_codes,
    scores.gift_score,
    scores.gift_evidence_count,
    scores.gift_clue_count,
    scores.gift_signal_count,
    coalesce(gifts_per_customer.gift_order_count, 0) as gift_order_count,
    coalesce(gifts_per_customer.gift_year_count, 0) as gift_year_count,
    coalesce(gifts_per_customer.gift_occasion_count, 0) as gift_occasion_count,
    coalesce(
        gifts_per_customer.gift_year_count >= 2 or gifts_per_customer.gift_occasion_count >= 2,
        false
    ) as is_repeat_giver,
    case
        when
            gifts_per_customer.gift_order_count >= {{ var('gift_experienced_min_orders') }}
            then 'hot'
        else 'safe'
    end as recommendation_list,
    gifts_per_customer.first_gift_ordered_on,
    gifts_per_customer.last_gift_ordered_on
from scores
left join gifts_per_customer on scores.customer_id = gifts_per_customer.customer_id
left join last_gifts
    on scores.customer_id = last_gifts.customer_id
    and last_gifts.recency_rank = 1
