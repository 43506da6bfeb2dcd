with orders as (

    select
        *,
        date_diff('day', ordered_on, {{ as_of_on() }}) as days_ago
    from {{ ref('order_facts') }}
    where customer_id is not null
        and is_valid

),

rfm_thresholds as (

    select * from {{ ref('rfm_thresholds') }}

),

rfm_labels as (

    select * from {{ ref('rfm_labels') }}

),

buyers as (

    select
        customer_id,
        min(days_ago) as recency_days,
        count(distinct ordered_on) filter (
            where not is_fully_refunded and days_ago <= {{ var('rfm_window_days') }}
        ) as frequency_days,
        coalesce(
            sum(net_revenue) filter (where days_ago <= {{ var('rfm_window_days') }}), 0
        ) as monetary_amount
    from orders
    group by customer_id

),

-- percent_rank gives equal values one rank, so ties always share a score
ranked_scores as (

    select
        *,
        count(*) over () as buyer_count,
        least(5, 1 + floor(5 * percent_rank() over (order by recency_days desc))) as ranked_recency,
        least(5, 1 + floor(5 * percent_rank() over (order by frequency_days))) as ranked_frequency,
        least(5, 1 + floor(5 * percent_rank() over (order by monetary_amount))) as ranked_monetary
    from buyers

),

fixed_scores as (

    select
        ranked_scores.customer_id,
        coalesce(max(rfm_thresholds.score) filter (
            where ranked_scores.recency_days <= rfm_thresholds.recency_max_days
        ), 1) as fixed_recency,
        coalesce(max(rfm_thresholds.score) filter (
            where ranked_scores.frequency_days >= rfm_thresholds.frequency_min_days
        ), 1) as fixed_frequency,
        coalesce(max(rfm_thresholds.score) filter (
            where ranked_scores.monetary_amount >= rfm_thresholds.monetary_min_amount
        ), 1) as fixed_monetary
    from ranked_scores
    cross join rfm_thresholds
    where ranked_scores.buyer_count < {{ var('rfm_min_customers') }}
    group by ranked_scores.customer_id

),

scores as (

    select
        ranked_scores.customer_id,
        case when fixed_scores.customer_id is null then 'ranked' else 'fixed' end as rfm_basis,
        ranked_scores.recency_days,
        ranked_scores.frequency_days,
        ranked_scores.monetary_amount,
        cast(coalesce(fixed_scores.fixed_recency, ranked_scores.ranked_recency) as integer)
            as recency_score,
        cast(coalesce(fixed_scores.fixed_frequency, ranked_scores.ranked_frequency) as integer)
            as frequency_score,
        cast(coalesce(fixed_scores.fixed_monetary, ranked_scores.ranked_monetary) as integer)
            as monetary_score
    from ranked_scores
    left join fixed_scores on ranked_scores.customer_id = fixed_scores.customer_id

)

select
    scores.customer_id,
    concat_ws(
        '-', scores.recency_score, scores.frequency_score, scores.monetary_score
    ) as rfm_score,
    rfm_labels.label as rfm_label,
    scores.rfm_basis,
    scores.recency_days,
    scores.frequency_days,
    scores.monetary_amount,
    scores.recency_score,
    scores.frequency_score,
    scores.monetary_score,
    rfm_labels.fm_score
from scores
left join rfm_labels
    on scores.recency_score = rfm_labels.recency_score
    and scores.frequency_score + scores.monetary_score = 2 * rfm_labels.fm_score
