"""Data tests that look at what changed find what they would find in the whole table.

Property-based: good and bad rows come and go; what each test finds is counted again in plain Python.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import Write, lay_out, rows
from fresh import Fresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.sql import apart_by

HEADER = "entry_id,person,item,amount\n"
STANDING = HEADER + "".join(f"e{at},p{at % 40},i{at},{at % 5}\n" for at in range(200))
TESTS = {
    "ids": "- unique: {arguments: {column_name: entry_id}",
    "pairs": "- unique_combination: {arguments: {columns: [person, item]}",
    "amounts": "- accepted_values: {arguments: {column_name: amount, values: [0, 1, 2, 3, 4], quote: false}",
    "named": "- not_null: {arguments: {column_name: person}",
    "small": "- expression_is_true: {arguments: {expression: amount < 5}",
    "known": "- relationships: {arguments: {column_name: person, to: \"ref('people')\", field: person}",
    "raw": "- no_minus: {arguments: {column_name: amount, rows: \"source('raw', 'entries')\"}",
    "dear": "- unique: {arguments: {column_name: item}, config: {where: amount > 2, severity: warn}",
}
FILES = {
    "project.yml": "name: shop\nvars: {as_of: 2026-01-05}\nmodels: {+materialized: table}\n",
    "tests/generic/unique_combination.sql": (Path(__file__).parents[1] / "generic/unique_combination.sql").read_text(
        encoding="utf-8"
    ),
    "tests/generic/expression_is_true.sql": (Path(__file__).parents[1] / "generic/expression_is_true.sql").read_text(
        encoding="utf-8"
    ),
    "tests/generic/no_minus.sql": """
{% test no_minus(model, column_name, rows) %}select * from {{ rows }} where {{ column_name }} < 0{% endtest %}
""",
    "models/people.sql": "select person from {{ source('raw', 'people') }}",
    "data/people-standing.csv": "person\n" + "".join(f"p{at}\n" for at in range(92)),
    "models/_m.yml": """
sources:
  - name: raw
    config: {external_location: "data/{name}*.csv"}
    tables:
      - name: entries
        columns:
          - {name: entry_id, data_type: varchar}
          - {name: person, data_type: varchar}
          - {name: item, data_type: varchar}
          - {name: amount, data_type: integer}
      - name: people
        columns: [{name: person, data_type: varchar}]
models:
  - name: people
    config: {meta: {follows: {key: person, inputs: {raw.people: person}}}}
  - name: entries
    config: {meta: {follows: {key: key, inputs: {raw.entries: "coalesce(person, '')"}}}}
    data_tests:
"""
    + "".join(f"      {told}, name: {name}" + "}\n" for name, told in TESTS.items()),
    "models/entries.sql": "select coalesce(person, '') as key, * from {{ source('raw', 'entries') }}",
    "data/entries-standing.csv": STANDING,
}


def found(folder: Path) -> dict[str, int]:
    """By test that looked at anything: how many rows or groups failed."""
    results = json.loads((folder / "target/run_results.json").read_text(encoding="utf-8"))["results"]
    told = {
        each["unique_id"].split(".")[2]: each["failures"] for each in results if each["unique_id"].startswith("test.")
    }
    return {name: failures or 0 for name, failures in told.items() if name in TESTS}


def narrowed(folder: Path) -> set[str]:
    query = """
        select name from _coterie.run_steps
        where run_id = (select max(run_id) from _coterie.runs) and kind = 'test' and reason like '%; what changed'
    """
    return {row[0] for row in rows(folder, query)}


def expected(entries: list[tuple[Any, ...]], people: set[str]) -> dict[str, int]:
    def twice(values: list[Any]) -> int:
        return sum(count > 1 for count in Counter(values).values())

    amounts = [amount for *_, amount in entries if amount is not None]
    return {
        "ids": twice([entry_id for entry_id, *_ in entries if entry_id is not None]),
        "pairs": twice([(person, item) for _, person, item, _ in entries]),
        "amounts": len({amount for amount in amounts if not 0 <= amount <= 4}),
        "named": sum(person is None for _, person, _, _ in entries),
        "known": sum(person is not None and person not in people for _, person, _, _ in entries),
        "raw": sum(amount < 0 for amount in amounts),
        "small": sum(amount is None or amount >= 5 for *_, amount in entries),
        "dear": twice([item for *_, item, amount in entries if amount is not None and amount > 2 and item is not None]),
    }


def is_as_expected(folder: Path) -> None:
    people = {row[0] for row in rows(folder, "select person from people")}
    known = expected(rows(folder, "select entry_id, person, item, amount from entries"), people)
    told = found(folder)
    assert told == {name: known[name] for name in told}
    unseen = known.keys() - told.keys()
    assert not any(known[name] for name in unseen)


@pytest.fixture
def folder(coterie: Fresh, write: Write) -> Path:
    place = write(FILES)
    assert coterie(place, "build").exit_code == 0
    return place


def test_only_what_changed_is_looked_at_and_what_fails_there_is_told_of_the_whole(coterie: Fresh, folder: Path) -> None:
    file = folder / "data/entries-2.csv"
    file.write_text(f"{HEADER}e500,p1,i500,1\n")
    assert coterie(folder, "build").exit_code == 0
    assert narrowed(folder) == set(TESTS)
    # e7 is p7's: it is twice now, and once of a person that nothing else changed for
    (folder / "data/entries-3.csv").write_text(f"{HEADER}e7,p1,i501,1\n")
    ended = coterie(folder, "build")
    assert ended.exit_code == 1
    assert "e7" in ended.stdout + ended.stderr
    assert narrowed(folder) == set(TESTS) - {"ids"}
    (folder / "data/entries-4.csv").write_text(f"{HEADER}e502,p2,i502,1\n")
    assert coterie(folder, "build").exit_code == 1  # it is still twice, though nothing of it changed
    assert found(folder)["ids"] == 1
    (folder / "data/entries-3.csv").unlink()
    assert coterie(folder, "build").exit_code == 0
    # made anew, and compared with what was; the files themselves cannot be
    assert narrowed(folder) == set(TESTS) - {"ids", "raw"}


def test_who_is_gone_is_missed_by_those_that_did_not_change(coterie: Fresh, folder: Path) -> None:
    (folder / "data/people-more.csv").write_text("person\np92\n")
    (folder / "data/entries-2.csv").write_text(f"{HEADER}e500,p92,i500,1\n")
    assert coterie(folder, "build").exit_code == 0
    # while another entry comes that is good
    (folder / "data/people-more.csv").write_text("person\np93\n")
    (folder / "data/entries-3.csv").write_text(f"{HEADER}e501,p93,i501,1\n")
    assert coterie(folder, "build").exit_code == 1
    assert found(folder)["known"] == 1


def test_nulls_are_one_group(coterie: Fresh, folder: Path) -> None:
    (folder / "data/entries-2.csv").write_text(f"{HEADER}e500,p1,,1\n")
    assert coterie(folder, "build").exit_code == 0
    (folder / "data/entries-3.csv").write_text(f"{HEADER}e501,p1,,1\n")
    assert coterie(folder, "build").exit_code == 1
    assert found(folder)["pairs"] == 1


def test_another_test_of_the_name_looks_at_the_whole(coterie: Fresh, folder: Path) -> None:
    properties = folder / "models/_m.yml"
    properties.write_text(properties.read_text().replace("values: [0, 1, 2, 3, 4]", "values: [0, 1, 2, 3]"))
    (folder / "data/entries-2.csv").write_text(f"{HEADER}e500,p1,i500,1\n")
    assert coterie(folder, "build").exit_code == 1
    assert "amounts" not in narrowed(folder)
    assert found(folder)["amounts"] == 1


def test_a_test_that_was_left_out_looks_at_the_whole(coterie: Fresh, folder: Path) -> None:
    for at in (500, 501):
        (folder / f"data/entries-{at}.csv").write_text(f"{HEADER}e{at},p1,i{at},1\n")
        assert coterie(folder, "build", "--exclude", "ids").exit_code == 0
    assert coterie(folder, "build").exit_code == 0
    assert narrowed(folder) == set()  # two changes lie between
    (folder / "data/entries-502.csv").write_text(f"{HEADER}e7,p1,i502,1\n")
    assert coterie(folder, "build").exit_code == 1


ALONE = [
    ("select * from x.t where a is null", ()),
    ("select a, count(*) from x.t where a > 1 group by a having count(*) > 1", ("a",)),
    ("select a, count(*) from (select * from x.t where z) as filtered group by a", ("a",)),
    ("with u as (select * from x.t) select a, B, count(*) from u group by a, B", ("a", "b")),
]
UNKNOWN = [
    "select count(*) from x.t",
    "select * from x.t where a < now()",
    "select * from x.t where a < current_date",
    "select * from x.t where a < today()",
    "select * from x.t where a < current_timestamp",
    "select * from x.t where a < random()",
    "select * from x.t where a < getvariable('a')",
    "select a, count(*) from x.t where b < get_current_timestamp() group by a",
    "select a, count(*) from x.t group by all",
    "select a, count(*) from x.t group by 1",
    "select a, count(*) from x.t group by rollup(a)",
    "select lower(a), count(*) from x.t group by lower(a)",
    "select a, sum(count(*)) over () from x.t group by a",
    "select n, count(*) from (select a, count(*) as n from x.t group by a) group by n",
    "select b, count(*) from (select a as b from x.t) group by b",
    "select a, count(*) from x.t group by a having count(*) > (select count(*) from x.t)",
    "select a, count(*) from (select distinct * from x.t) group by a",
    "select t.a, count(*) from x.t join x.u using (a) group by t.a",
    "select t.a from x.t join x.u using (a)",
    "select t.a from x.t join x.u on t.a = u.b and t.c = u.d",
    "select t.a from x.t join x.u on t.a > u.b",
    "select t.a from x.t join x.u on t.a = lower(u.b)",
    "select t.a from x.t join x.u on a = b",
    "select t.a from x.t join x.u on t.a = t.b",
    "select t.a from x.t join x.u on t.a = u.b join x.v on u.b = v.c",
    "select t.a from x.t join x.u on t.a = u.b where t.c in (select c from x.u)",
    "select t.a, row_number() over () from x.t join x.u on t.a = u.b",
    "select distinct t.a from x.t join x.u on t.a = u.b",
    "select one.a from x.t as one join x.t as other on one.a = other.b",
    "select",
]


@pytest.mark.parametrize(("sql", "columns"), ALONE)
def test_which_rows_of_a_table_a_query_looks_at_together(sql: str, columns: tuple[str, ...]) -> None:
    assert apart_by(sql) == {"x.t": columns}


def test_which_rows_of_two_tables_a_query_looks_at_together() -> None:
    sql = "select child.A from x.t as child left join y.u as parent on child.A = parent.b where parent.b is null"
    assert apart_by(sql) == {"x.t": ("a",), "y.u": ("b",)}


@pytest.mark.parametrize("sql", UNKNOWN)
def test_of_any_other_query_that_is_not_known(sql: str) -> None:
    assert apart_by(sql) == {}


ENTRY = st.tuples(
    st.sampled_from(["e1", "e500", "e501", "e502", "e503", "e504", "e505", ""]),
    st.sampled_from(["p1", "p2", "p3", "p90", "p91", "p92", ""]),
    st.sampled_from(["i1", "i500", "i501", "i502", "i503", ""]),
    st.sampled_from(["0", "1", "3", "4", "", "9", "-1"]),
)
GOOD = st.integers(600, 10**6).map(lambda at: (f"e{at}", f"p{at % 40}", f"i{at}", f"{at % 5}"))
DELIVERY = st.tuples(st.sampled_from("abcd"), st.lists(GOOD | GOOD | ENTRY, max_size=3), st.integers(90, 93))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DELIVERY, min_size=2, max_size=5))
def test_what_is_found_is_what_a_look_at_all_would_find(
    coterie: Fresh, tmp_path_factory: pytest.TempPathFactory, deliveries: list[tuple[str, list[tuple[str, ...]], int]]
) -> None:
    place = tmp_path_factory.mktemp("shop")
    lay_out(place, FILES)
    assert coterie(place, "build").exit_code == 0
    for name, entries, people in deliveries:
        (place / "data/people-more.csv").write_text("person\n" + "".join(f"p{at}\n" for at in range(92, people)))
        text = HEADER + "".join(",".join(each) + "\n" for each in entries)
        (place / f"data/entries-{name}.csv").write_text(text)
        coterie(place, "build")
        is_as_expected(place)
    shutil.rmtree(place)
