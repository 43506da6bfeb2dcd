with order_occasions as (

    select
        cast(date_part('year', ordered_on) as integer) as calendar_year,
        coalesce(holiday_code, 'no_holiday') as holiday_code,
        occasion,
        occasion_basis,
        occasion_kind
    from {{ ref('gift_order_occasions') }}

),

years as (

    select
        calendar_year,
        count(*) as gift_order_count
    from order_occasions
    group by calendar_year

),

seasons as (

    select
        calendar_year,
        holiday_code,
        count(*) as gift_order_count,
        -- said by the buyer, and no day that the calendar knows
        count(*) filter (
            where occasion_basis <> 'calendar' and occasion_kind <> 'calendar'
        ) as personal_occasion_count
    from order_occasions
    group by calendar_year, holiday_code

)

select
    seasons.calendar_year,
    seasons.holiday_code,
    seasons.holiday_code = 'no_holiday' as is_outside_holidays,
    seasons.gift_order_count,
    seasons.personal_occasion_count,
    seasons.gift_order_count::double / years.gift_order_count as year_share
from seasons
inner join years on seasons.calendar_year = years.calendar_year
