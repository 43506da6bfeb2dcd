with status_sums as (

    select * from {{ ref('gift_benchmark_sums') }}

),

groups as (

    select gift_giver_status, measure, customer_count, y, n, yy, yn, nn from status_sums
    union all
    select
        'all' as gift_giver_status,
        measure,
        cast(sum(customer_count) as bigint) as customer_count,
        sum(y) as y,
        sum(n) as n,
        sum(yy) as yy,
        sum(yn) as yn,
        sum(nn) as nn
    from status_sums
    group by measure

),

sums as (

    select
        gift_giver_status,
        measure,
        customer_count,
        cast(y as double) as y,
        cast(n as double) as n,
        cast(yy as double) as yy,
        cast(yn as double) as yn,
        cast(nn as double) as nn
    from groups

),

compared as (

    select
        sums.*,
        sums.y / nullif(sums.n, 0) as value,
        all_sums.y / nullif(all_sums.n, 0) as all_value,
        all_sums.n as all_n,
        all_sums.yy as all_yy,
        all_sums.yn as all_yn,
        all_sums.nn as all_nn
    from sums
    inner join sums as all_sums
        on sums.measure = all_sums.measure
        and all_sums.gift_giver_status = 'all'

),

-- A group is part of all customers. The variance of the difference is the sum of squares of what
-- each customer moves it by: (y - value n) / N in the group, less (y - all_value n) / all_N.
variances as (

    select
        *,
        (yy - 2 * value * yn + value * value * nn) / (n * n)
        - 2 * (yy - (value + all_value) * yn + value * all_value * nn) / (n * all_n)
        + (all_yy - 2 * all_value * all_yn + all_value * all_value * all_nn) / (all_n * all_n)
            as difference_variance
    from compared
    where n > 0

),

errors as (

    select
        *,
        value - all_value as difference,
        cast({{ var('interval_z_score') }} as double)
        * sqrt(greatest(0, difference_variance)) as margin_of_error
    from variances

)

select
    gift_giver_status,
    measure,
    customer_count,
    value,
    100 * value / nullif(all_value, 0) as index_vs_all,
    difference,
    difference - margin_of_error as difference_low,
    difference + margin_of_error as difference_high
from errors
