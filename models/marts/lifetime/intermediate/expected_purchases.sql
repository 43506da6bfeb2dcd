with lifetime_models as (

    select * from {{ ref('lifetime_models') }}
    where purchase_state = 'usable'

),

-- buyers with as many purchases and the same age differ only in their chance to be alive
histories as (

    select
        sample,
        repeat_count,
        age_days
    from {{ ref('purchase_samples') }}
    group by sample, repeat_count, age_days

),

-- money comes monthly; some spans are of interest in themselves
horizons as (

    select
        'month' as span,
        month_number,
        {{ var('clv_horizon_days') }} * month_number / 12e0 as horizon_days
    from (select unnest(range(1, 13)) as month_number) as months
    union all
    select
        'quarter' as span,
        3 as month_number,
        90e0 as horizon_days
    union all
    select
        'holdout' as span,
        null as month_number,
        cast({{ var('lifetime_holdout_days') }} as double) as horizon_days

),

steps as (

    select
        histories.*,
        horizons.span,
        horizons.month_number,
        lifetime_models.a,
        lifetime_models.a + lifetime_models.b - 1 as top,
        lifetime_models.r,
        histories.repeat_count as x,
        horizons.horizon_days / (
            7 * lifetime_models.alpha + histories.age_days + horizons.horizon_days
        ) as z
    from histories
    inner join lifetime_models on histories.sample = lifetime_models.sample
    cross join horizons

),

forecasts as (

    select
        *,
        (top + x) / (a - 1) * (
            1 - pow(1 - z, a - 1) * {{ hypergeometric('(top - r)', '(a - 1)', '(top + x)', 'z') }}
        ) as orders_if_alive
    from steps

),

increments as (

    select
        *,
        -- lint: allow tie: a span has each of its months once
        orders_if_alive - coalesce(lag(orders_if_alive) over (
            partition by sample, repeat_count, age_days, span order by month_number
        ), 0) as orders_of_month
    from forecasts

)

select
    sample,
    repeat_count,
    age_days,
    max(orders_if_alive) filter (where span = 'quarter') as orders_90d,
    max(orders_if_alive) filter (where span = 'holdout') as orders_holdout,
    max(orders_if_alive) filter (where span = 'month' and month_number = 12) as orders_horizon,
    cast(sum(cast(
        orders_of_month / pow(1 + {{ var('clv_discount_yearly_share') }}, month_number / 12e0)
        as decimal(28, 12)
    )) filter (where span = 'month') as double) as discounted_orders_horizon
from increments
group by sample, repeat_count, age_days
