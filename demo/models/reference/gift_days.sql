-- Which feast people buy gifts for on a day, by country, and how much more they give then. One row
-- per day, country_code.
with season_days as (

    select day from {{ ref('season_days') }}

),

countries as (

    select country_code from {{ ref('places') }}
    group by country_code

),

-- the day of Mother's Day by custom: months and Sundays, and Mothering Sunday by the year's Easter
mothers_days as (

    select
        countries.country_code,
        years.calendar_year,
        case
            when countries.country_code in ('GB', 'IE') then
                [date '2023-03-19', date '2024-03-10', date '2025-03-30',
                    date '2026-03-15'][years.calendar_year - 2022]
            when countries.country_code in ('ES', 'RO')
                then {{ nth_sunday('years.calendar_year', 5, 1) }}
            when countries.country_code = 'FR' then {{ nth_sunday('years.calendar_year', 5, 4) }}
            else {{ nth_sunday('years.calendar_year', 5, 2) }}
        end as mothers_day
    from countries
    cross join (select unnest(range(2023, 2027)) as calendar_year) as years

),

fathers_days as (

    select
        calendar_year,
        {{ nth_sunday('calendar_year', 6, 3) }} as fathers_day
    from (select unnest(range(2023, 2027)) as calendar_year) as years

)

select
    season_days.day,
    mothers_days.country_code,
    case
        when month(season_days.day) = 12 and day(season_days.day) <= 22 then 'christmas'
        when month(season_days.day) = 11 and day(season_days.day) >= 15 then 'christmas'
        when month(season_days.day) = 2 and day(season_days.day) <= 12 then 'valentines_day'
        when mothers_days.mothers_day - season_days.day between 1 and 14 then 'mothers_day'
        when fathers_days.fathers_day - season_days.day between 1 and 12 then 'fathers_day'
    end as feast,
    case
        when month(season_days.day) = 12 and day(season_days.day) <= 22 then 2.2
        when month(season_days.day) = 11 and day(season_days.day) >= 15 then 1.4
        when month(season_days.day) = 2 and day(season_days.day) <= 12 then 1.6
        when mothers_days.mothers_day - season_days.day between 1 and 14 then 1.7
        when fathers_days.fathers_day - season_days.day between 1 and 12 then 1.3
        else 0.8
    end as giving_factor
from season_days
inner join mothers_days on year(season_days.day) = mothers_days.calendar_year
inner join fathers_days on year(season_days.day) = fathers_days.calendar_year
