with recursive purchase_statistics as materialized (

    select * from {{ ref('purchase_statistics') }}

),

repeat_counts as materialized (

    select
        sample,
        repeat_count as x,
        sum(customer_count) as customer_count
    from purchase_statistics
    group by sample, repeat_count

),

-- time in weeks, as in Fader, Hardie and Lee (2005)
histories as materialized (

    select
        sample,
        customer_count,
        repeat_count as x,
        recency_days / 7e0 as t_x,
        age_days / 7e0 as t
    from purchase_statistics

),

search as (

        {{ compass_start('purchase_statistics') }}
        union all
        (
        with candidates as (

            {{ compass_candidates(4) }}

        ),

        parameters as (

            select
                *,
                exp(p1) as r,
                exp(p1 - p2) as alpha,
                exp(p4) / (1 + exp(-p3)) as a,
                exp(p4) / (1 + exp(p3)) as b
            from candidates

        ),

        -- what depends on the number of purchases alone is worked out once for each number
        parts as (

            select
                sample,
                direction,
                cast(customer_count * (
                    lgamma(r + x) - lgamma(r) + r * ln(alpha)
                    + lgamma(a + b) - lgamma(b) + lgamma(b + x) - lgamma(a + b + x)
                ) as decimal(38, 9)) as part
            from parameters
            inner join repeat_counts using (sample)
            union all
            select
                sample,
                direction,
                sum(cast(customer_count * case
                    when x = 0 then -r * ln(alpha + t)
                    else -(r + x) * ln(alpha + t_x) + ln(
                        exp((r + x) * ln((alpha + t_x) / (alpha + t))) + a / (b + x - 1)
                    )
                end as decimal(28, 9))) as part
            from parameters
            inner join histories using (sample)
            group by sample, direction

        )

        {{ compass_step('candidates', 'parts') }}
        )

)

select
    sample,
    exp(u1) as r,
    exp(u1 - u2) as alpha,
    exp(u4) / (1 + exp(-u3)) as a,
    exp(u4) / (1 + exp(u3)) as b,
    cast(log_likelihood as double) as log_likelihood,
    step_number as step_count,
    step <= {{ var('lifetime_fit_tolerance') }} as is_converged
from search
-- lint: allow tie: a search has each of its steps once
qualify row_number() over (partition by sample order by step_number desc) = 1
