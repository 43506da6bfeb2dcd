"""How old sources are, by the clock of the project, and what is too old."""

from __future__ import annotations

import pytest
from conftest import Write
from fresh import Ended, Fresh

# loaded at 2025-03-08 12:00 at the latest before the clock, 2025-03-10 12:00; the last row is of a later day
ROWS = "id,kind,loaded_at\n1,a,2025-03-01 00:00:00\n2,b,2025-03-08 12:00:00\n3,a,2025-03-20 00:00:00\n"


def ages(coterie: Fresh, write: Write, yml: str, *words: str, as_of: str = "2025-03-10 12:00", **more: str) -> Ended:
    """`coterie freshness` over `data/<table>.csv`; `yml` is what stands in the group `raw`."""
    indented = "".join(f"    {line}\n" for line in yml.strip("\n").split("\n"))
    group = f"sources:\n  - name: raw\n    meta: {{external_location: 'data/{{name}}.csv'}}\n{indented}"
    project = f"name: shop\nvars: {{as_of: '{as_of}'}}\n" if as_of else "name: shop\n"
    files = {"project.yml": project, "models/_sources.yml": group, "data/orders.csv": ROWS, "data/visits.csv": ROWS}
    ended = coterie(write({**files, **more}), "freshness", *words)
    assert "Traceback" not in ended.stderr
    return ended


def statuses(ended: Ended) -> dict[str, str]:
    """By source: its status."""
    lines = [line.split() for line in ended.stdout.splitlines()[2:]]
    return {words[1]: words[0] for words in lines}


COLUMNS = "columns: [{name: id}, {name: kind}, {name: loaded_at, data_type: timestamp}]"


@pytest.mark.parametrize(
    ("freshness", "status"),
    [
        ("{warn_after: {count: 2, period: day}}", "pass"),  # exactly as old as allowed
        ("{warn_after: {count: 47, period: hour}}", "warn"),
        ("{warn_after: {count: 48, period: hour}}", "pass"),
        ("{warn_after: {count: 2879, period: minute}}", "warn"),
        ("{warn_after: {count: 2880, period: minute}}", "pass"),
        ("{warn_after: {count: 1, period: day}, error_after: {count: 2, period: day}}", "warn"),
        ("{warn_after: {count: 1, period: hour}, error_after: {count: 1, period: day}}", "error"),
        ("{error_after: {count: 3, period: day}}", "pass"),
        # without row 2 the latest is nine and a half days old
        ("{error_after: {count: 9, period: day}, filter: \"kind = 'a'\"}", "error"),
        ("{error_after: {count: 10, period: day}, filter: \"kind = 'a'\"}", "pass"),
        # no row at all is infinitely old
        ("{error_after: {count: 9000, period: day}, filter: \"kind = 'z'\"}", "error"),
        ("{warn_after: {count: 9000, period: day}, filter: \"kind = 'z'\"}", "warn"),
        ("{warn_after: {count: 9, period: day}, filter: \"kind = '{{ var('wanted', 'a') }}'\"}", "warn"),
    ],
)  # fmt: skip
def test_a_source_is_late_when_it_is_older_than_allowed(
    coterie: Fresh, write: Write, freshness: str, status: str
) -> None:
    yml = f"tables:\n  - name: orders\n    loaded_at_field: loaded_at\n    freshness: {freshness}\n    {COLUMNS}"
    ended = ages(coterie, write, yml)
    assert statuses(ended) == {"raw.orders": status}
    assert ended.exit_code == (1 if status == "error" else 0), ended.stderr


def test_the_age_is_told(coterie: Fresh, write: Write) -> None:
    yml = f"""
tables:
  - name: orders
    loaded_at_field: loaded_at
    freshness: {{warn_after: {{count: 1, period: day}}, error_after: {{count: 36, period: hour}}}}
    {COLUMNS}
"""
    ended = ages(coterie, write, yml)
    told = ended.stdout.splitlines()[2].split("  ")
    assert [word.strip() for word in told if word.strip()] == [
        "error", "raw.orders", "2025-03-08 12:00:00", "2 days, 0:00:00", "1 day", "36 hours",
    ]  # fmt: skip
    assert "1 sources at 2025-03-10 12:00:00: 0 in time, 1 late" in ended.stderr


GROUP = """
{group}
tables:
  - name: orders
    {table}
    columns: [{{name: id}}, {{name: kind}}, {{name: loaded_at, data_type: timestamp}}]
"""


@pytest.mark.parametrize(
    ("group", "table", "found"),
    [
        # the table's word counts before the group's, key by key
        ("freshness: {warn_after: {count: 3, period: day}}", "loaded_at_field: loaded_at", "pass"),
        ("freshness: {warn_after: {count: 3, period: day}}",
         "freshness: {warn_after: {count: 1, period: day}}", "warn"),
        ("freshness: {warn_after: {count: 3, period: day}}", "freshness: {filter: \"kind = 'a'\"}", "warn"),
        ("freshness: {warn_after: {count: 1, period: day}}",
         "freshness: {error_after: {count: 3, period: day}}", "warn"),
        ("freshness: {warn_after: {count: 1, period: day}}", "freshness: null", None),
        ("freshness: {warn_after: {count: 1, period: day}}", "freshness:", None),
        ("freshness: {warn_after: {count: 1, period: day}, error_after: {count: 1, period: hour}}",
         "freshness: {error_after: null}", "warn"),
        ("freshness: null", "freshness: {error_after: {count: 1, period: day}}", "error"),
        ("config: {freshness: {warn_after: {count: 1, period: day}}}", "description: Orders.", "warn"),
        ("config: {freshness: {warn_after: {count: 1, period: day}}}", "config: {freshness: null}", None),
        ("description: Raw.", "description: Orders.", None),
    ],
)  # fmt: skip
def test_group_and_table_speak_together(
    coterie: Fresh, write: Write, group: str, table: str, found: str | None
) -> None:
    ended = ages(coterie, write, "loaded_at_field: loaded_at\n" + GROUP.format(group=group, table=table))
    assert statuses(ended) == ({"raw.orders": found} if found else {}), ended.stderr


def test_the_clock_is_the_wall_where_the_project_has_none(coterie: Fresh, write: Write) -> None:
    yml = f"""
loaded_at_field: loaded_at
freshness: {{error_after: {{count: 36500, period: day}}}}
tables:
  - name: orders
    {COLUMNS}
  - name: visits
    {COLUMNS}
"""
    visits = {"data/visits.csv": "id,kind,loaded_at\n1,a,1900-01-01 00:00:00\n"}
    ended = ages(coterie, write, yml, as_of="", **visits)
    assert statuses(ended) == {"raw.orders": "pass", "raw.visits": "error"}


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("loaded_at", "timestamptz"),
        ("loaded_at", "date"),
        ("cast(loaded_at as timestamp)", "varchar"),
        ("to_timestamp(epoch(loaded_at))", "timestamp"),
    ],
)
def test_any_expression_of_time_will_do(coterie: Fresh, write: Write, field: str, kind: str) -> None:
    yml = f"""
tables:
  - name: orders
    loaded_at_field: {field}
    freshness: {{warn_after: {{count: 3, period: day}}, error_after: {{count: 4, period: day}}}}
    columns: [{{name: loaded_at, data_type: {kind}}}]
"""
    rows = {"data/orders.csv": "loaded_at\n2025-03-08\n"}
    assert statuses(ages(coterie, write, yml, as_of="2025-03-11 06:00", **rows)) == {"raw.orders": "warn"}


def test_a_text_is_no_time(coterie: Fresh, write: Write) -> None:
    yml = "loaded_at_field: kind\nfreshness: {warn_after: {count: 1, period: day}}\ntables: [{name: orders}]"
    ended = ages(coterie, write, yml)
    assert ended.exit_code == 2
    assert "models/_sources.yml:6:14: error:" in ended.stderr
    assert "has to be cast to a timestamp" in ended.stderr


def test_only_the_selected_sources_are_looked_at(coterie: Fresh, write: Write) -> None:
    yml = f"""
loaded_at_field: loaded_at
freshness: {{warn_after: {{count: 1, period: day}}}}
tables:
  - name: orders
    {COLUMNS}
  - name: visits
    {COLUMNS}
"""
    assert statuses(ages(coterie, write, yml)) == {"raw.orders": "warn", "raw.visits": "warn"}
    assert statuses(ages(coterie, write, yml, "source:raw.visits")) == {"raw.visits": "warn"}
    assert statuses(ages(coterie, write, yml, "--exclude", "source:raw.visits")) == {"raw.orders": "warn"}


def test_a_source_that_a_seed_stands_for_is_read_from_the_warehouse(coterie: Fresh, write: Write) -> None:
    folder = write(
        {
            "project.yml": "name: shop\nvars: {as_of: 2025-03-10}\nseeds: {+schema: raw}\n",
            "seeds/orders.csv": ROWS,
            "models/_sources.yml": """
sources:
  - name: raw
    tables:
      - name: orders
        loaded_at_field: loaded_at
        freshness: {error_after: {count: 1, period: day}}
""",
        }
    )
    before = coterie(folder, "freshness")
    assert (before.exit_code, "nothing is built yet" in before.stderr) == (3, True)
    assert coterie(folder, "build").exit_code == 0
    ended = coterie(folder, "freshness")
    assert (ended.exit_code, statuses(ended)) == (1, {"raw.orders": "error"}), ended.stderr
