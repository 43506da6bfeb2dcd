"""`--log-format json`: one event a line, and docs/events.md says of each what is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Write
from fresh import Ended, Fresh

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
TYPES = {"text": str, "number": (int, float), "object": dict, "list": list, "null": type(None)}
Event = dict[str, Any]


def fields(text: str) -> dict[str, list[str]]:
    """By field of the first table: the types that it may have."""
    rows = re.findall(r"^\| `(\w+)` \| ([\w ]+) \|", text, re.MULTILINE)
    return {name: types.split(" or ") for name, types in rows}


INTRODUCTION, *SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)
COMMON = fields(INTRODUCTION)
DOCUMENTED = {section.split("\n")[0]: COMMON | fields(section) for section in SECTIONS}
EXAMPLES = [json.loads(line) for line in re.findall(r"^```json\n(.+)\n```$", PAGE, re.MULTILINE)]

SHOP = {
    "project.yml": "name: shop\nmodels:\n  +materialized: table\nserve: {include: [main]}\n",
    "models/orders.sql": "select * from (values (1, 'a'), (2, null), (2, 'b')) as t(order_id, customer_id)\n",
    "models/views.sql": "{{ config(materialized='view') }}select * from {{ ref('orders') }}\n",
    "models/_m.yml": """
models:
  - name: orders
    columns:
      - {name: order_id, data_tests: [not_null]}
      - {name: customer_id, data_tests: [{not_null: {name: somebody_bought, config: {severity: warn}}}]}
unit_tests:
  - name: no_orders_no_views
    model: views
    given: [{input: ref('orders'), rows: []}]
    expect: {rows: []}
""",
}
BROKEN = {**SHOP, "models/late.sql": "\n select cast(customer_id as integer) as number from {{ ref('orders') }}\n"}


def told(outcome: Ended) -> list[Event]:
    return [json.loads(line) for line in outcome.stderr.splitlines()]


def of(events: Iterable[Event], kind: str) -> list[Event]:
    return [each for each in events if each["event"] == kind]


def assert_as_documented(event: Event) -> None:
    documented = DOCUMENTED[event["event"]]
    assert set(event) == set(documented), event["event"]
    wrong = {
        name: value
        for name, value in event.items()
        if not any(isinstance(value, TYPES[kind]) and not isinstance(value, bool) for kind in documented[name])
    }
    assert not wrong, event["event"]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_event_has_an_example_that_is_as_described(name: str) -> None:
    (example,) = (each for each in EXAMPLES if each["event"] == name)
    assert_as_documented(example)


def test_what_is_written_is_what_is_documented(coterie: Fresh, write: Write) -> None:
    """Every event of every verb, in success and failure; and no documented event that never comes."""
    folder = write(SHOP)
    runs = [
        ("build", "--performance"),
        ("build", "--no-publish"),
        ("test",),
        ("test", "--unit"),
        ("plan",),
        ("ls",),
        ("show", "orders"),
        ("check",),
        ("ls", "--vars", "[]"),
    ]
    every = []
    for words in runs:
        events = told(coterie(folder, *words, "--log-format", "json"))
        assert [each["event"] for each in events].count("finished") == 1
        assert events[-1]["event"] == "finished"
        every += events
    write(BROKEN)
    every += told(coterie(folder, "build", "--log-format", "json"))
    write({"models/late.sql": "select nothing from {{ ref('orders') }}"})
    every += told(coterie(folder, "check", "--log-format", "json"))
    for event in every:
        assert_as_documented(event)
    assert {each["event"] for each in every} == set(DOCUMENTED)


def test_a_build_tells_its_story_in_order(coterie: Fresh, write: Write) -> None:
    events = told(coterie(write(SHOP), "build", "--log-format", "json"))
    kinds = [each["event"] for each in events]
    assert kinds[0] == "planned"
    assert kinds[-2:] == ["published", "finished"]
    assert (kinds.count("step_started"), kinds.count("step_finished")) == (4, 4)
    planned, *_, published, finished = events
    assert planned["steps"] == 4
    assert planned["kinds"] == {"model": 2, "test": 2}
    assert planned["reasons"] == {"new": 4}
    assert published["path"] == "target/serve/coterie.duckdb"
    assert finished["counts"] == {"ok": 3, "unchanged": 0, "warned": 1, "failed": 0, "skipped": 0}
    assert finished["exit_code"] == 0
    done = {each["name"]: each for each in of(events, "step_finished")}
    assert (done["orders"]["rows"], done["views"]["rows"]) == (3, None)
    warned = done["somebody_bought"]
    assert (warned["status"], warned["failures"], warned["message"]) == ("warned", 1, "1 failing row")


def test_every_event_knows_when_and_in_which_run(coterie: Fresh, write: Write) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    events = told(coterie(write(SHOP), "build", "--log-format", "json"))
    moments = [datetime.fromisoformat(each["at"]) for each in events]
    assert moments == sorted(moments)
    assert before <= moments[0]
    assert moments[-1] <= datetime.now(UTC)
    assert len({each["run_id"] for each in events}) == 1
    assert all(each["at"].endswith("Z") for each in events)


def test_a_failure_is_told_where_it_stands_and_takes_others_along(coterie: Fresh, write: Write) -> None:
    more = {"models/later.sql": "select * from {{ ref('late') }}"}
    outcome = coterie(write({**BROKEN, **more}), "build", "--log-format", "json")
    events = told(outcome)
    done = {each["name"]: each for each in of(events, "step_finished")}
    failed, skipped = done["late"], done["later"]
    assert (failed["path"], failed["line"], failed["column"]) == ("models/late.sql", 2, 9)
    assert failed["status"] == "failed"
    assert "'a'" in failed["message"]
    assert (skipped["status"], skipped["reason"], skipped["message"]) == ("skipped", "late", "because of late")
    assert not of(events, "error"), "the same failure is not told twice"
    assert of(events, "published")[0]["path"] is None
    assert events[-1]["exit_code"] == outcome.exit_code == 1


def test_mistakes_are_one_event_each(coterie: Fresh, write: Write) -> None:
    folder = write({**SHOP, "models/a.sql": "select\n  {{ ref('nobody') }}", "models/b.sql": "{{ var('none') }}"})
    outcome = coterie(folder, "build", "--log-format", "json")
    assert outcome.exit_code == 2
    first, second, finished = told(outcome)
    assert [(each["event"], each["path"], each["line"]) for each in (first, second)] == [
        ("error", "models/a.sql", 2),
        ("error", "models/b.sql", 1),
    ]
    assert (first["exit_code"], finished["exit_code"], finished["run_id"]) == (2, 2, None)


def test_stdout_stays_data(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    assert coterie(folder, "build", "--log-format", "json").stdout == ""
    for words in (("ls",), ("plan",), ("show", "orders")):
        as_text = coterie(folder, *words).stdout
        assert as_text
        assert coterie(folder, *words, "--log-format", "json").stdout == as_text


def test_unit_tests_are_steps_too(coterie: Fresh, write: Write) -> None:
    events = told(coterie(write(SHOP), "test", "--unit", "--log-format", "json"))
    assert [each["event"] for each in events] == ["step_finished", "note", "finished"]
    assert (events[0]["kind"], events[0]["status"], events[0]["path"]) == ("unit_test", "ok", "models/_m.yml")
    assert events[-1]["counts"]["ok"] == 1


def test_another_format_is_refused(coterie: Fresh, write: Write) -> None:
    assert coterie(write(SHOP), "ls", "--log-format", "xml").exit_code == 2
