"""Views that make the rows of a moment of their input's rows of that moment: what arrived is then told by the files."""

from __future__ import annotations

import pytest

from runner.sql import moment_by_moment

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
    "groups across moments": "select id, max(at) as at from raw.events group by id",
    "versions across moments": "select id, at from raw.events qualify rank() over (partition by id order by at) = 1",
    "looks back": "select id, at, lag(kind) over (order by at) as before from raw.events",
    "counts all": "select count(*) as n, at from raw.events group by all",
    "reads two tables": "select events.id, events.at from raw.events inner join raw.people using (id)",
    "puts together": "select id, at from raw.events union all select id, at from raw.events",
    "looks elsewhere": "select id, at from raw.events where id in (select id from raw.people)",
    "only some": "select id, at from raw.events limit 5",
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
