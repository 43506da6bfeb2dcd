with purchase_days as (

    select * from {{ ref('purchase_days') }}

),

store_rhythm as (

    select * from {{ ref('store_rhythm') }}

),

personal_gaps as (

    select
        customer_id,
        count(*) as purchase_day_count,
        count(gap_days) as gap_count,
        median(gap_days) as median_gap_days,
        date_diff('day', max(purchased_on), {{ as_of_on() }}) as days_since_last_purchase,
        max(purchased_on) as last_purchased_on
    from purchase_days
    group by customer_id

),

shrunk_intervals as (

    select
        personal_gaps.*,
        store_rhythm.second_gap_median_days,
        store_rhythm.second_gap_at_risk_days,
        store_rhythm.second_gap_lapsed_days,
        case
            when personal_gaps.gap_count > 0 then 'personal'
            when store_rhythm.second_gap_count >= {{ var('rhythm_min_second_gaps') }}
                then 'population'
            else 'fallback'
        end as rhythm_basis,
        (
            personal_gaps.gap_count * personal_gaps.median_gap_days
            + {{ var('rhythm_prior_gaps') }}
            * coalesce(store_rhythm.median_gap_days, {{ var('lapse_fallback_at_risk_days') }})
        ) / (personal_gaps.gap_count + {{ var('rhythm_prior_gaps') }}) as shrunk_interval_days
    from personal_gaps
    cross join store_rhythm

),

expected_intervals as (

    select
        *,
        cast(
            case rhythm_basis
                when 'personal' then greatest(
                    {{ var('rhythm_min_interval_days') }},
                    least({{ var('rhythm_max_interval_days') }}, shrunk_interval_days)
                )
                when 'population' then second_gap_median_days
                else {{ var('lapse_fallback_at_risk_days') }}
            end as double
        ) as expected_interval_days
    from shrunk_intervals

),

silence_limits as (

    select
        *,
        case rhythm_basis
            when 'personal' then expected_interval_days * {{ var('active_max_ratio') }}
            when 'population' then second_gap_at_risk_days
            else {{ var('lapse_fallback_at_risk_days') }}
        end as active_until_days,
        case rhythm_basis
            when 'personal' then expected_interval_days * {{ var('at_risk_max_ratio') }}
            when 'population' then second_gap_lapsed_days
            else {{ var('lapse_fallback_lapsed_days') }}
        end as at_risk_until_days
    from expected_intervals

)

select
    customer_id,
    rhythm_basis,
    case
        when days_since_last_purchase <= active_until_days then 'active'
        when days_since_last_purchase <= at_risk_until_days then 'at_risk'
        else 'lapsed'
    end as activity_state,
    purchase_day_count,
    gap_count,
    median_gap_days,
    expected_interval_days,
    active_until_days,
    at_risk_until_days,
    days_since_last_purchase,
    days_since_last_purchase / expected_interval_days as activity_ratio,
    last_purchased_on
from silence_limits
