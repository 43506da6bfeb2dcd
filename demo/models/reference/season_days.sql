-- How busy each day of the history is, in thousandths: months, weekdays and the rushes before the
-- feasts. One row per day.
with days as (

    select cast(unnest(range({{ opens_at() }}, {{ closes_at() }}, interval 1 day)) as date) as day

),

judged as (

    select
        day,
        [850::bigint, 950, 950, 950, 1050, 900, 750, 750, 900, 1000, 1350, 1600][month(day)]
            as month_weight,
        [1050, 1000, 1000, 1000, 950, 900, 1100][isodow(day)] as weekday_weight,
        case
            when month(day) = 11 and day(day) between 24 and 30 then 2000
            when month(day) = 12 and day(day) between 10 and 20 then 1250
            when month(day) = 12 and day(day) between 24 and 26 then 400
            when month(day) = 2 and day(day) between 4 and 12 then 1400
            when month(day) = 5 and day(day) <= 12 then 1350
            else 1000
        end as rush_weight
    from days

)

select
    day,
    date_diff('day', cast({{ opens_at() }} as date), day) as day_no,
    cast(month_weight * weekday_weight * rush_weight // 1000000 as bigint) as weight
from judged
