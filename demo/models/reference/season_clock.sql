-- The shop's clock runs fast in busy seasons: which calendar day, with fraction, an even share of
-- the trade falls on. A purchase process that is even on the shop's clock gets seasons when it is
-- read on the calendar. Eight ticks a day of shop time. One row per tick.
with season_days as (

    select * from {{ ref('season_days') }}

),

cumulated as (

    select
        day_no,
        weight,
        sum(weight) over (order by day_no) - weight as weight_before
    from season_days

),

totals as (

    select
        sum(weight) as total_weight,
        count(*) as day_count
    from season_days

),

ticks as (

    select
        unnest(range(cast(day_count * 8 + 1 as bigint))) as tick,
        total_weight,
        day_count
    from totals

),

placed as (

    select
        tick,
        cast(tick as double) * cast(total_weight as double) / (day_count * 8) as weight_at_tick
    from ticks

),

dated as (

    select
        placed.tick,
        cumulated.day_no + (placed.weight_at_tick - cumulated.weight_before) / cumulated.weight
            as day_at_tick
    from placed
    inner join cumulated
        on
            placed.weight_at_tick >= cumulated.weight_before
            and placed.weight_at_tick < cumulated.weight_before + cumulated.weight

)

select
    tick,
    day_at_tick,
    coalesce(lead(day_at_tick) over (order by tick), 1096) as day_at_next_tick
from dated
