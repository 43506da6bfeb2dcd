"""Batches along event time: whatever arrives, late, twice or instead, the table is what a full rebuild would make.

Property-based: files are delivered, replaced and removed at random while the days go by.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import Write, lay_out, rows
from fresh import Ended, Fresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BATCHED = "materialized: incremental, incremental_strategy: microbatch, begin: 2026-01-01"
FILES = {
    "project.yml": "name: shop\nvars: {as_of: 2026-01-03}\nmodels: {+materialized: table}\n",
    "models/_m.yml": f"""
sources:
  - name: raw
    config: {{external_location: "data/{{name}}*.csv"}}
    tables:
      - name: events
        config: {{event_time: happened_at}}
        columns:
          - {{name: event_id, data_type: integer}}
          - {{name: person, data_type: varchar}}
          - {{name: happened_at, data_type: timestamp}}
      - name: people
        columns: [{{name: person, data_type: varchar}}, {{name: country, data_type: varchar}}]
models:
  - name: events
    config: {{{BATCHED}, event_time: happened_at, batch_size: day}}
  - name: events_by_hour
    config: {{{BATCHED}, event_time: hour_at, batch_size: hour}}
  - name: events_by_country
    config: {{{BATCHED}, event_time: month_at, batch_size: month, lookback: 1}}
  - name: known_events
    config: {{materialized: view, event_time: happened_at}}
  - name: people_by_day
    config: {{{BATCHED}, event_time: day_on, batch_size: day}}
  - name: busy_days
    config: {{{BATCHED}, event_time: day_on, batch_size: day}}
""",
    # what is delivered twice counts once, per day
    "models/events.sql": """
select distinct on (event_id) event_id, person, happened_at
from {{ source('raw', 'events') }}
order by event_id, happened_at, person
""",
    "models/events_by_hour.sql": """
select date_trunc('hour', happened_at)::timestamp as hour_at, person, count(*) as event_count
from {{ ref('events') }} group by all
""",
    # reads a table without an event time: when that changes, every batch is of another country
    "models/events_by_country.sql": """
select date_trunc('month', events.happened_at)::timestamp as month_at, people.country, count(*) as event_count
from {{ ref('events') }} as events left join {{ source('raw', 'people') }} as people on events.person = people.person
group by all
""",
    # a view hides the future, and what is delivered twice: its rows of a day are made of the files' rows of that day
    "models/known_events.sql": """
select event_id, max(person) as person, happened_at from {{ source('raw', 'events') }}
where happened_at < cast('{{ var("as_of") }}' as timestamp) group by event_id, happened_at
""",
    "models/people_by_day.sql": """
select cast(happened_at as date) as day_on, person, count(*) as event_count from {{ ref('known_events') }}
group by cast(happened_at as date), person
""",
    # reads what is cut alike
    "models/busy_days.sql": "select day_on, count(*) as person_count from {{ ref('people_by_day') }} group by all",
    "data/events-1.csv": "event_id,person,happened_at\n1,ann,2026-01-01 10:00:00\n2,bob,2026-01-02 11:00:00\n",
    "data/people.csv": "person,country\nann,IE\nbob,FR\n",
}
TABLES = ("events", "events_by_hour", "events_by_country", "people_by_day", "busy_days")
HEADER = "event_id,person,happened_at\n"


def built(coterie: Fresh, folder: Path, *options: str) -> Ended:
    ended = coterie(folder, "build", *options)
    assert ended.exit_code == 0, ended.stderr
    return ended


def content(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    return {table: rows(folder, f"from {table} order by all") for table in TABLES}


def batches(folder: Path, model: str) -> dict[str, str]:
    """By batch: the run that made it."""
    query = f"select batch_start::varchar, run_id from _coterie.batches where model = '{model}' order by all"
    return dict(rows(folder, query))


@pytest.fixture
def folder(coterie: Fresh, write: Write) -> Path:
    place = write(FILES)
    built(coterie, place)
    return place


def test_only_the_batch_whose_input_changed_is_made_again(coterie: Fresh, folder: Path) -> None:
    before = batches(folder, "events")
    assert list(before) == ["2026-01-01 00:00:00", "2026-01-02 00:00:00"]
    (folder / "data/events-late.csv").write_text(f"{HEADER}3,cid,2026-01-01 23:59:59\n")
    built(coterie, folder)
    after = batches(folder, "events")
    assert after["2026-01-01 00:00:00"] != before["2026-01-01 00:00:00"]
    assert after["2026-01-02 00:00:00"] == before["2026-01-02 00:00:00"]
    assert rows(folder, "select event_id from events order by all") == [(1,), (2,), (3,)]


def test_the_last_batch_is_the_one_that_holds_as_of(coterie: Fresh, folder: Path) -> None:
    (folder / "data/events-2.csv").write_text(
        f"{HEADER}3,ann,2026-01-03 09:00:00\n4,ann,2026-01-03 10:00:00\n5,ann,2026-01-03 11:00:00\n"
    )
    built(coterie, folder)
    assert rows(folder, "select max(event_id) from events") == [(2,)]
    built(coterie, folder, "--as-of", "2026-01-03T10:00:00")
    assert rows(folder, "select max(event_id) from events") == [(3,)]
    built(coterie, folder, "--as-of", "2026-01-03T10:00:01")
    assert rows(folder, "select max(event_id) from events") == [(4,)]
    built(coterie, folder, "--as-of", "2026-01-04")
    assert rows(folder, "select max(event_id) from events") == [(5,)]
    assert list(batches(folder, "events"))[-1] == "2026-01-03 00:00:00"


def test_a_file_that_is_taken_away_takes_its_rows_along(coterie: Fresh, folder: Path) -> None:
    (folder / "data/events-1.csv").write_text(f"{HEADER}1,ann,2026-01-01 10:00:00\n")
    built(coterie, folder)
    assert rows(folder, "select event_id from events") == [(1,)]
    assert list(batches(folder, "events")) == ["2026-01-01 00:00:00"]


def test_a_gap_is_filled(coterie: Fresh, folder: Path) -> None:
    with duckdb.connect(str(folder / "target/warehouse.duckdb")) as connection:
        connection.execute("delete from _coterie.batches where model = 'events' and batch_start = '2026-01-01'")
        connection.execute("delete from events where happened_at < '2026-01-02'")
        connection.execute("update _coterie.records set status = 'started' where name = 'events'")
    built(coterie, folder)
    assert rows(folder, "select event_id from events order by all") == [(1,), (2,)]


def test_another_begin_or_size_starts_over(coterie: Fresh, folder: Path) -> None:
    properties = folder / "models/_m.yml"
    properties.write_text(properties.read_text().replace("batch_size: day", "batch_size: month"))
    built(coterie, folder)
    assert list(batches(folder, "events")) == ["2026-01-01 00:00:00"]
    properties.write_text(properties.read_text().replace("begin: 2026-01-01", "begin: 2026-01-02"))
    built(coterie, folder)
    assert rows(folder, "select count(*) from events") == [(2,)]  # the month that holds the day
    properties.write_text(properties.read_text().replace("batch_size: month", "batch_size: day", 1))
    built(coterie, folder)
    assert rows(folder, "select event_id from events") == [(2,)]


def test_lookback_makes_so_many_batches_again_before_the_last(coterie: Fresh, folder: Path) -> None:
    properties = folder / "models/_m.yml"
    text = properties.read_text()
    properties.write_text(text.replace("event_time: happened_at, batch_size: day", "event_time: happened_at, "
                                       "batch_size: day, lookback: 1"))  # fmt: skip
    before = batches(folder, "events")
    (folder / "data/events-2.csv").write_text(f"{HEADER}3,ann,2026-01-03 09:00:00\n")
    built(coterie, folder, "--as-of", "2026-01-04")
    after = batches(folder, "events")
    remade = [batch for batch in before if after[batch] != before[batch]]
    assert remade == ["2026-01-02 00:00:00"]


def test_a_row_outside_of_its_batch_is_an_error_and_changes_nothing(coterie: Fresh, folder: Path) -> None:
    model = folder / "models/events_by_hour.sql"
    model.write_text(model.read_text().replace("::timestamp as hour_at", "::timestamp - interval 1 hour as hour_at"))
    ended = coterie(folder, "build")
    assert ended.exit_code == 1
    assert "1 rows of the batch 2026-01-01 10:00:00" in ended.stderr


def test_an_earlier_day_is_refused(coterie: Fresh, folder: Path) -> None:
    built(coterie, folder, "--as-of", "2026-01-05")
    ended = coterie(folder, "build", "--as-of", "2026-01-04")
    assert ended.exit_code == 2
    assert "`events` was brought up to 2026-01-05 00:00:00 already" in ended.stderr


def arrivals(folder: Path) -> list[tuple[object, ...]]:
    """What `people_by_day` knows of the files it looked into, behind the view."""
    query = """
        select regexp_extract(path, 'events-(.*).csv', 1), batch_start::date::varchar, arrivals.row_count
        from _coterie.arrivals inner join _coterie.files using (digest)
        where reader = 'people_by_day known_events' order by all
    """
    return rows(folder, query)


def test_a_file_is_looked_into_once_behind_a_view(coterie: Fresh, folder: Path) -> None:
    known = [("1", "2026-01-01", 1), ("1", "2026-01-02", 1)]
    assert arrivals(folder) == known
    before = batches(folder, "people_by_day")
    (folder / "data/events-2.csv").write_text(f"{HEADER}3,ann,2026-01-02 23:59:59\n4,ann,2026-01-03 00:00:00\n")
    built(coterie, folder)
    assert arrivals(folder) == [*known, ("2", "2026-01-02", 1), ("2", "2026-01-03", 1)]
    after = batches(folder, "people_by_day")
    assert [start for start in after if before.get(start) != after[start]] == ["2026-01-02 00:00:00"]
    (folder / "data/events-1.csv").unlink()
    built(coterie, folder)
    assert arrivals(folder) == [("2", "2026-01-02", 1), ("2", "2026-01-03", 1)]
    assert rows(folder, "from busy_days") == [(date(2026, 1, 2), 1)]


def test_the_files_of_two_inputs_are_known_apart(coterie: Fresh, folder: Path) -> None:
    properties = folder / "models/_m.yml"
    calls = "\n      - name: calls\n        config: {event_time: happened_at}\n        columns:\n"
    calls += "          - {name: person, data_type: varchar}\n          - {name: happened_at, data_type: timestamp}\n"
    contacts = f"  - name: contacts\n    config: {{{BATCHED}, event_time: happened_at, batch_size: day}}\n"
    properties.write_text(
        properties.read_text().replace("\n      - name: people", f"{calls}      - name: people") + contacts
    )
    (folder / "data/calls-1.csv").write_text("person,happened_at\nann,2026-01-01 12:00:00\n")
    (folder / "models/contacts.sql").write_text(
        "select person, happened_at from {{ source('raw', 'events') }} union all "
        "select person, happened_at from {{ source('raw', 'calls') }}"
    )
    built(coterie, folder)
    known = "select reader, count(*) from _coterie.arrivals where reader like 'contacts %' group by all order by all"
    assert rows(folder, known) == [("contacts raw.calls", 1), ("contacts raw.events", 2)]
    before = batches(folder, "contacts")
    (folder / "data/calls-2.csv").write_text("person,happened_at\nbob,2026-01-02 12:00:00\n")
    built(coterie, folder)
    after = batches(folder, "contacts")
    assert [start for start in after if before.get(start) != after[start]] == ["2026-01-02 00:00:00"]
    assert rows(folder, "select count(*) from contacts") == [(4,)]


def test_many_batches_at_once_are_the_same_batches(coterie: Fresh, folder: Path) -> None:
    """Forty days, more than one query takes; days that stand are left alone, whatever is made on both sides of them."""
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(40)]
    lines = "".join(f"{10 + at},ann,{day} 12:00:00\n" for at, day in enumerate(days))
    (folder / "data/events-1.csv").write_text(HEADER + lines)
    built(coterie, folder, "--as-of", "2026-02-10")
    assert rows(folder, "from people_by_day order by all") == [(day, "ann", 1) for day in days]
    before = batches(folder, "people_by_day")
    assert list(before) == [f"{day} 00:00:00" for day in days]
    (folder / "data/events-late.csv").write_text(
        f"{HEADER}1,bob,2026-01-05 12:00:00\n2,bob,2026-01-06 12:00:00\n3,bob,2026-01-08 12:00:00\n"
    )
    built(coterie, folder, "--as-of", "2026-02-10")
    after = batches(folder, "people_by_day")
    remade = [start[:10] for start in after if before[start] != after[start]]
    assert remade == ["2026-01-05", "2026-01-06", "2026-01-08"]
    assert rows(folder, "select day_on::varchar from people_by_day where person = 'bob' order by 1") == [
        (day,) for day in remade
    ]


def test_a_batch_of_a_parent_that_is_cut_alike_is_known_by_what_it_was_made_from(coterie: Fresh, folder: Path) -> None:
    before = batches(folder, "busy_days")
    (folder / "data/events-2.csv").write_text(f"{HEADER}3,cid,2026-01-02 23:59:59\n")
    built(coterie, folder)
    after = batches(folder, "busy_days")
    assert [start for start in after if before.get(start) != after[start]] == ["2026-01-02 00:00:00"]
    assert rows(folder, "from busy_days order by all") == [(date(2026, 1, 1), 1), (date(2026, 1, 2), 2)]


EVENTS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(["ann", "bob", "cid"]),
        st.builds(lambda day, hour: f"2026-01-{day:02} {hour:02}:30:00", st.integers(1, 6), st.integers(0, 23)),
    ),
    max_size=5,
)
DELIVERY = st.tuples(st.sampled_from(["1", "2", "late"]), st.one_of(st.none(), EVENTS))
PEOPLE = st.dictionaries(st.sampled_from(["ann", "bob", "cid"]), st.sampled_from(["IE", "FR"]))
NIGHT = st.tuples(st.lists(DELIVERY, max_size=2), st.one_of(st.none(), PEOPLE), st.integers(0, 6))


Events = list[tuple[int, str, str]]
Nights = list[tuple[list[tuple[str, Events | None]], dict[str, str] | None, int]]


def deliver(folder: Path, deliveries: list[tuple[str, Events | None]]) -> None:
    """Files come, come again with other rows, or are taken away."""
    for name, events in deliveries:
        file = folder / "data" / f"events-{name}.csv"
        if events is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(HEADER + "".join(f"{event_id},{person},{at}\n" for event_id, person, at in events))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(nights=st.lists(NIGHT, min_size=1, max_size=4))
def test_growing_equals_building_anew_after_any_nights(coterie: Fresh, tmp_path: Path, nights: Nights) -> None:
    folder = tmp_path / "grown"
    lay_out(folder, FILES)
    built(coterie, folder)
    day = datetime(2026, 1, 3)
    for deliveries, people, steps in nights:
        deliver(folder, deliveries)
        if people is not None:
            lines = "".join(f"{person},{country}\n" for person, country in people.items())
            (folder / "data/people.csv").write_text("person,country\n" + lines)
        day += timedelta(hours=9 * steps)
        built(coterie, folder, "--as-of", day.isoformat())
    grown = content(folder)
    shutil.rmtree(folder / "target")
    built(coterie, folder, "--as-of", day.isoformat())
    assert grown == content(folder)
