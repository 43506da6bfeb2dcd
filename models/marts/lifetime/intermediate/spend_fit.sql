with recursive spend_statistics as materialized (

    select * from {{ ref('spend_statistics') }}

),

repeat_counts as materialized (

    select
        sample,
        repeat_count as x,
        sum(customer_count) as customer_count,
        cast(sum(cast(customer_count * ln(mean_repeat_value) as decimal(28, 12))) as double)
            as log_sum
    from spend_statistics
    group by sample, repeat_count

),

amounts as materialized (

    select
        sample,
        customer_count,
        repeat_count as x,
        repeat_count * cast(mean_repeat_value as double) as spent
    from spend_statistics

),

search as (

        {{ compass_start('spend_statistics') }}
        union all
        (
        with candidates as (

            {{ compass_candidates(3) }}

        ),

        parameters as (

            select
                *,
                exp(p1) as p,
                exp(p2) as q,
                exp(p3 + p2 - p1) as v
            from candidates

        ),

        -- Fader and Hardie (2013): what depends on the number of purchases alone stands first
        parts as (

            select
                sample,
                direction,
                cast(
                    customer_count * (
                        lgamma(p * x + q) - lgamma(p * x) - lgamma(q) + q * ln(v) + p * x * ln(x)
                    ) + (p * x - 1) * log_sum
                as decimal(38, 9)) as part
            from parameters
            inner join repeat_counts using (sample)
            union all
            select
                sample,
                direction,
                sum(cast(-customer_count * (p * x + q) * ln(v + spent) as decimal(28, 9))) as part
            from parameters
            inner join amounts using (sample)
            group by sample, direction

        )

        {{ compass_step('candidates', 'parts') }}
        )

)

select
    sample,
    exp(u1) as p,
    exp(u2) as q,
    exp(u3 + u2 - u1) as v,
    cast(log_likelihood as double) as log_likelihood,
    step_number as step_count,
    step <= {{ var('lifetime_fit_tolerance') }} as is_converged
from search
-- lint: allow tie: a search has each of its steps once
qualify row_number() over (partition by sample order by step_number desc) = 1
