-- Purchases at the person's own rate until they drop out, read off the shop's seasonal clock.
-- One row per customer_number, ordinal.
with habits as (

    select * from {{ ref('habits') }}
    where person_kind <> 'lead'

),

season_clock as (

    select * from {{ ref('season_clock') }}

),

limits as (

    select
        customer_number,
        arrival_second,
        purchase_rate,
        case
            when person_kind = 'fraudster' then 1 + {{ pick('customer_number', 'drop_moment', 2) }}
            -- after which repeat purchase they leave: the shop's patience ends at 590
            else least(590, 2
                + floor(ln({{ draw('customer_number', 'drop_moment') }})
                    / ln(1 - drop_probability)))
        end as last_ordinal,
        purchase_rate * (1096 - arrival_second / 86400.0e0) as expected_count
    from habits

),

candidates as (

    select
        customer_number,
        arrival_second,
        purchase_rate,
        last_ordinal,
        unnest(
            range(1,
                cast(least(last_ordinal, expected_count + 6 * sqrt(expected_count) + 12) as bigint)
                    + 1))
            as ordinal
    from limits

),

gaps as (

    select
        customer_number,
        ordinal,
        last_ordinal,
        case
            when ordinal = 1 then arrival_second
            -- a gap longer than the whole history never ends in it
            else cast(ceil(least(
                1096 * 86400,
                -ln({{ draw('customer_number * 1000 + ordinal', 'purchase_gap') }}) / purchase_rate
                    * 86400
            )) as bigint)
        end as gap_seconds
    from candidates

),

clocked as (

    select
        customer_number,
        ordinal,
        last_ordinal,
        sum(gap_seconds) over (partition by customer_number order by ordinal) / 86400.0e0
            as shop_day
    from gaps

)

select
    clocked.customer_number,
    clocked.ordinal,
    clocked.ordinal = clocked.last_ordinal as is_last,
    season_clock.day_at_tick
    + (clocked.shop_day * 8 - season_clock.tick)
        * (season_clock.day_at_next_tick - season_clock.day_at_tick)
        as calendar_day
from clocked
inner join season_clock on cast(floor(clocked.shop_day * 8) as bigint) = season_clock.tick
where clocked.shop_day < 1096
