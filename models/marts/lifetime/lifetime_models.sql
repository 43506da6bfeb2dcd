with purchase_samples as (

    select * from {{ ref('purchase_samples') }}

),

spend_statistics as (

    select * from {{ ref('spend_statistics') }}

),

purchase_fit as (

    select * from {{ ref('purchase_fit') }}

),

spend_fit as (

    select * from {{ ref('spend_fit') }}

),

segmentation_depth as (

    select * from {{ ref('segmentation_depth') }}

),

sizes as (

    select
        sample,
        count(*) as buyer_count,
        max(age_days) as history_days,
        ends_on
    from purchase_samples
    group by sample, ends_on

),

-- integers and decimals add up to the same in any order
moments as (

    select
        sample,
        cast(sum(customer_count) as double) as n,
        cast(sum(customer_count * repeat_count) as double) as sum_x,
        cast(sum(customer_count * repeat_count * repeat_count) as double) as sum_xx,
        cast(sum(customer_count * mean_repeat_value) as double) as sum_m,
        cast(sum(customer_count * mean_repeat_value * mean_repeat_value) as double) as sum_mm,
        cast(sum(customer_count * repeat_count * mean_repeat_value) as double) as sum_xm
    from spend_statistics
    group by sample

),

correlations as (

    select
        sample,
        (n * sum_xm - sum_x * sum_m)
        / nullif(sqrt(greatest((n * sum_xx - sum_x * sum_x) * (n * sum_mm - sum_m * sum_m), 0)), 0)
            as value_correlation
    from moments

)

select
    sizes.sample,
    concat('bg_nbd+gamma_gamma 1, fitted to ', sizes.ends_on) as model_version,
    case
        when segmentation_depth.depth <> 'fine' then 'broad_segmentation'
        when sizes.buyer_count < {{ var('lifetime_min_customers') }} then 'too_few_buyers'
        when sizes.history_days < {{ var('lifetime_min_history_days') }} then 'short_history'
        when not coalesce(purchase_fit.is_converged, false) then 'not_converged'
        when greatest(purchase_fit.r, purchase_fit.alpha, purchase_fit.a, purchase_fit.b)
            > {{ var('lifetime_max_parameter') }} then 'out_of_range'
        else 'usable'
    end as purchase_state,
    case
        when not coalesce(spend_fit.is_converged, false) then 'not_converged'
        when greatest(spend_fit.p, spend_fit.q, spend_fit.v)
            > {{ var('lifetime_max_parameter') }} then 'out_of_range'
        when spend_fit.q <= 1 then 'no_mean'
        when abs(correlations.value_correlation) >= {{ var('lifetime_max_correlation') }}
            then 'value_goes_with_frequency'
        else 'usable'
    end as spend_state,
    sizes.buyer_count,
    sizes.history_days,
    correlations.value_correlation,
    purchase_fit.r,
    purchase_fit.alpha,
    -- at exactly 1 the forecast is 0 divided by 0; beside it, it is smooth
    case when abs(purchase_fit.a - 1) < 1e-6 then 1 + 1e-6 else purchase_fit.a end as a,
    purchase_fit.b,
    purchase_fit.log_likelihood as purchase_log_likelihood,
    spend_fit.p,
    spend_fit.q,
    spend_fit.v,
    spend_fit.log_likelihood as spend_log_likelihood
from sizes
cross join segmentation_depth
left join purchase_fit on sizes.sample = purchase_fit.sample
left join spend_fit on sizes.sample = spend_fit.sample
left join correlations on sizes.sample = correlations.sample
