"""Views that make the rows of a moment of their input's rows of that moment: what arrived is then told by the files."""

from __future__ import annotations

import pytest

from runner.sql import batches_stay_apart, moment_by_moment

PLAIN = "select id, at from raw.events"

STAYS = {
    "as it is": "select * from raw.events",
    "cleaned and filtered": "select trim(id) as id, at from raw.events where trim(id) <> '' and kind = 'view'",
    "through a CTE": "with events as (select * from raw.events where id is not null) select id, at from events",
    "once each": "select id, max(kind) as kind, at from raw.events group by id, at",
    "the latest version": """
        select id, at from raw.events
        qualify row_number() over (partition by id, at order by loaded_at desc, kind) = 1
    """,
}
CROSSES = {
    "the time is another": "select id, at + interval 1 day as at from raw.events",
    "the time is of another column": "select id, loaded_at as at from raw.events",
    "the time is replaced": "select * replace (loaded_at as at) from raw.events",
    "the time is told twice": "select *, loaded_at as at from raw.events",
    "the time is told before all": "select loaded_at as at, * from raw.events",
    "columns by a pattern": "select columns('.*') from raw.events",
    "groups across moments": "select id, max(at) as at from raw.events group by id",
    "versions across moments": "select id, at from raw.events qualify rank() over (partition by id order by at) = 1",
    "looks back": "select id, at, lag(kind) over (order by at) as before from raw.events",
    "counts all": "select count(*) as n, at from raw.events group by all",
    "reads two tables": "select events.id, events.at from raw.events inner join raw.people using (id)",
    "puts together": "select id, at from raw.events union all select id, at from raw.events",
    "looks elsewhere": "select id, at from raw.events where id in (select id from raw.people)",
    "only some": "select id, at from raw.events limit 5",
    "a CTE within": "select * from (with some as (select id, loaded_at as at from raw.events) select * from some)",
    "rows of lists": "select unnest(ids) as id, at from raw.events",
    "no query": "select from where",
}


@pytest.mark.parametrize("sql", STAYS.values(), ids=STAYS.keys())
def test_rows_of_a_moment_stay_together(sql: str) -> None:
    assert moment_by_moment(sql, "at")


@pytest.mark.parametrize("sql", CROSSES.values(), ids=CROSSES.keys())
def test_whatever_crosses_moments_is_not_trusted(sql: str) -> None:
    assert moment_by_moment(sql, "at") == ""


def on(day: str, sql: str) -> str:
    return moment_by_moment(sql.replace("$day", f"cast('{day}' as timestamp)"), "at")


def test_hiding_the_future_makes_no_difference_to_what_is_past() -> None:
    hidden = f"{PLAIN} where id <> '' and at < $day"
    assert on("2001-01-01", hidden) == on("2100-01-01", hidden) != ""


@pytest.mark.parametrize(
    "sql",
    [
        f"{PLAIN} where at < $day - interval 3 day",
        f"{PLAIN} where not (at < $day)",
        f"{PLAIN} where at < $day or id = '1'",
        "select id, case when seen_at < $day then seen_at end as seen_at, at from raw.events",
    ],
)
def test_any_other_use_of_the_clock_makes_other_rows(sql: str) -> None:
    assert on("2001-01-01", sql) != on("2100-01-01", sql)


DAYS = "select cast(at as date) as day_on, person, count(*) as n from raw.events group by cast(at as date), person"
APART = {
    "days of moments": DAYS,
    "days through a CTE and a window of time": """
        with events as (
            select *, cast(at as date) as day_on
            from (select * from raw.events where at >= getvariable('batch_start') and at < getvariable('batch_end'))
            where person is not null
        )
        select person, day_on, count(*) as n, max_by(kind, (at, id)) filter (where kind is not null) as kind
        from events group by person, day_on
    """,
    "hours": "select date_trunc('hour', at)::timestamp as day_on from raw.events group by date_trunc('hour', at)",
    "row by row": "select id, at as day_on from raw.events",
    "the first of a day": """
        select id, at as day_on from raw.events
        qualify row_number() over (partition by cast(at as date) order by at, id) = 1
    """,
}
TOGETHER = {
    "groups of years": "select date_trunc('year', at) as day_on from raw.events group by date_trunc('year', at)",
    "groups of weeks": "select date_trunc('week', at) as day_on from raw.events group by date_trunc('week', at)",
    "a time of day": "select cast(at as time) as day_on, count(*) as n from raw.events group by cast(at as time)",
    "one row an id": "select distinct on (id) id, at as day_on from raw.events order by id, at",
    "the first of all": "select id, at as day_on from raw.events qualify row_number() over (order by at, id) = 1",
    "counted over all": "select id, at as day_on, count(*) over () as n from raw.events",
    "of a local day": "select cast(timezone('UTC', at) as date) as day_on, count(*) as n from raw.events group by 1",
    "another day": "select cast(at + interval 1 day as date) as day_on, id from raw.events",
    "groups beside the day": "select person, max(cast(at as date)) as day_on from raw.events group by person",
    "with who they are": "select events.at as day_on, people.name from raw.events left join raw.people using (id)",
}


@pytest.mark.parametrize("sql", APART.values(), ids=APART.keys())
def test_batches_that_stay_apart_may_be_made_at_once(sql: str) -> None:
    assert batches_stay_apart(sql, "at", "day_on", "day")
    assert batches_stay_apart(sql, "at", "day_on", "month")


@pytest.mark.parametrize("sql", TOGETHER.values(), ids=TOGETHER.keys())
def test_batches_that_meet_may_not(sql: str) -> None:
    assert not batches_stay_apart(sql, "at", "day_on", "day")


def test_a_day_is_too_coarse_for_batches_of_an_hour() -> None:
    assert not batches_stay_apart(DAYS, "at", "day_on", "hour")
