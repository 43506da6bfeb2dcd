with gift_items as (

    select
        *,
        date_diff('day', ordered_on, {{ as_of_on() }}) as days_ago
    from {{ ref('gift_order_items') }}

),

-- fads come large and small: whole categories, and single products
things as (

    select 'product' as trend_level, product_id as item, units, days_ago from gift_items
    union all
    select 'category' as trend_level, category as item, units, days_ago from gift_items
    where category is not null

),

-- whole weeks up to yesterday; 52 weeks ago the days of the week are the same
totals as (

    select
        trend_level,
        item,
        cast(coalesce(sum(units) filter (where days_ago between 1 and 28), 0) as bigint)
            as units_4w,
        cast(coalesce(sum(units) filter (where days_ago between 365 and 392), 0) as bigint)
            as units_4w_year_earlier,
        cast(coalesce(sum(units) filter (where days_ago between 29 and 84), 0) as bigint)
            as units_prior_8w
    from things
    group by trend_level, item

),

judged as (

    select
        *,
        case
            when units_4w_year_earlier >= {{ var('gift_trend_min_units') }} then 'year_earlier'
            when units_prior_8w >= {{ var('gift_trend_min_units') }} then 'prior_8_weeks'
        end as basis
    from totals

),

ratios as (

    select
        *,
        case basis
            when 'year_earlier' then units_4w::double / units_4w_year_earlier
            when 'prior_8_weeks' then 2 * units_4w::double / units_prior_8w
        end as ratio
    from judged
    where basis is not null or units_4w >= {{ var('gift_trend_min_units') }}

)

select
    trend_level,
    item,
    basis,
    case
        when basis is null then 'new'
        when ratio >= cast({{ var('gift_trend_rising_min_ratio') }} as double) then 'rising'
        when ratio <= cast({{ var('gift_trend_falling_max_ratio') }} as double) then 'falling'
        else 'steady'
    end as direction,
    units_4w,
    units_4w_year_earlier,
    units_prior_8w,
    ratio
from ratios
