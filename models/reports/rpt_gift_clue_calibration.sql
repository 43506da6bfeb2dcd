with clues as (

    select * from {{ ref('gift_signal_weights') }}
    where enabled
        and class = 'clue'

),

buyers as (

    select customer_id from {{ ref('customer_360') }}
    where valid_order_count > 0
        and not is_test

),

signals as (

    select customer_id, signal_code, signal_class from {{ ref('gift_signals') }}

),

proven_givers as (

    select customer_id from signals
    where signal_class = 'evidence'
    group by customer_id

),

judged_buyers as (

    select
        buyers.customer_id,
        proven_givers.customer_id is not null as has_evidence
    from buyers
    left join proven_givers on buyers.customer_id = proven_givers.customer_id

),

all_buyers as (

    select
        count(*) as customer_count,
        count(*) filter (where has_evidence) as evidence_count
    from judged_buyers

),

clue_customers as (

    select customer_id, signal_code from signals
    where signal_class = 'clue'
    group by customer_id, signal_code

),

clue_counts as (

    select
        clue_customers.signal_code,
        count(*) as customer_count,
        count(*) filter (where judged_buyers.has_evidence) as evidence_count
    from clue_customers
    inner join judged_buyers on clue_customers.customer_id = judged_buyers.customer_id
    group by clue_customers.signal_code

),

shares as (

    select
        clues.code as signal_code,
        cast(clues.weight as double) as weight,
        coalesce(clue_counts.customer_count, 0) as customer_count,
        coalesce(clue_counts.evidence_count, 0) as evidence_count,
        clue_counts.evidence_count::double / clue_counts.customer_count as evidence_share,
        all_buyers.evidence_count::double / nullif(all_buyers.customer_count, 0) as base_share
    from clues
    cross join all_buyers
    left join clue_counts on clues.code = clue_counts.signal_code

)

select
    signal_code,
    weight,
    customer_count,
    evidence_count,
    evidence_share,
    {{ wilson_low('evidence_count', 'customer_count') }} as evidence_share_low,
    {{ wilson_high('evidence_count', 'customer_count') }} as evidence_share_high,
    base_share,
    evidence_share / nullif(base_share, 0) as lift,
    case
        when customer_count < {{ var('gift_calibration_min_customers') }} then 'too_few'
        when {{ wilson_low('evidence_count', 'customer_count') }} > weight then 'weight_is_low'
        when {{ wilson_high('evidence_count', 'customer_count') }} <= base_share then 'says_nothing'
        else 'plausible'
    end as verdict
from shares
