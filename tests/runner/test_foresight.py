"""plan says before a build what it would change: columns, rules, rows, people. It touches nothing."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from conftest import Write
from fresh import Fresh

SHOP = {
    "project.yml": "name: shop\nvars: {as_of: 2026-11-01, least: 3}\nmodels: {+materialized: table, +schema: marts}\n"
    "serve: {path: target/serve, include: [marts], audiences: [seg_*]}\n",
    "models/_m.yml": """
sources: [{name: raw, config: {external_location: "data/{name}.csv"}, tables: [{name: people, columns: [
  {name: customer_id, data_type: varchar}, {name: order_count, data_type: integer}]}]}]
models:
  - name: customers
    columns: [{name: customer_id, data_tests: [unique]}]
  - name: segment_primary
    columns: [{name: customer_id, data_tests: [unique]}]
""",
    "models/staged.sql": "{{ config(materialized='view') }} select * from {{ source('raw', 'people') }}",
    "models/customers.sql": "select customer_id, order_count from {{ ref('staged') }}",
    "models/segment_primary.sql": "select customer_id, case when order_count >= {{ var('least') }} then 'loyal' "
    "else 'new' end as segment from {{ ref('customers') }}",
    "models/seg_busy.sql": "select customer_id from {{ ref('customers') }} where order_count >= {{ var('least') }} + 1",
    "models/segment_membership.sql": "select customer_id, segment from {{ ref('segment_primary') }} "
    "union all select customer_id, 'busy' as segment from {{ ref('seg_busy') }}",
    "data/people.csv": "customer_id,order_count\na,1\nb,2\nc,3\nd,4\n",
}


@pytest.fixture
def folder(coterie: Fresh, write: Write) -> Path:
    place = write(SHOP)
    ended = coterie(place, "build")
    assert ended.exit_code == 0, ended.stderr
    return place


def plan(coterie: Fresh, folder: Path, *options: str) -> str:
    before = fingerprints(folder)
    ended = coterie(folder, "plan", *options)
    assert ended.exit_code == 0, ended.stderr
    assert fingerprints(folder) == before, "a plan touches nothing"
    return ended.stdout


def fingerprints(folder: Path) -> dict[str, str]:
    files = (path for path in (folder / "target").rglob("*") if path.is_file())
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


def cells(told: str, head: str) -> list[list[str]]:
    """The rows of the table that begins with `head`."""
    lines = told.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(head))
    below = lines[at + 2 :]
    return [line.split() for line in below[: next((n for n, line in enumerate(below) if not line), len(below))]]


def test_people_who_would_move_are_told_with_examples(coterie: Fresh, folder: Path) -> None:
    told = plan(coterie, folder, "--vars", "{least: 2}", "--diff")
    assert cells(told, "from ") == [["new", "loyal", "1", "b"]]
    assert cells(told, "overlay ") == [["busy", "1", "0", "1", "c"]]
    assert cells(told, "table ") == [
        ["marts.seg_busy", "1", "0", "0", "no", "key", "is", "known"],
        ["marts.segment_primary", "0", "0", "1", "segment", "1"],
        ["marts.segment_membership", "2", "1", "0", "no", "key", "is", "known"],
    ]


def test_rows_of_another_file_are_foreseen_too(coterie: Fresh, folder: Path) -> None:
    (folder / "data/people.csv").write_text("customer_id,order_count\na,1\nb,3\nd,4\ne,1\n")
    told = plan(coterie, folder, "--diff")
    assert cells(told, "table ")[0] == ["marts.customers", "1", "1", "1", "order_count", "1"]
    assert cells(told, "from ") == [["-", "new", "1", "e"], ["loyal", "-", "1", "c"], ["new", "loyal", "1", "b"]]


def test_nothing_moves_where_only_the_layout_changed(coterie: Fresh, folder: Path) -> None:
    model = folder / "models/customers.sql"
    model.write_text("-- everybody\n" + model.read_text())
    told = plan(coterie, folder, "--diff")
    for words in ("no table would hold other rows", "nobody would change the primary segment", "nobody would enter"):
        assert words in told


def test_a_rule_that_changes_is_told_with_its_cause(coterie: Fresh, folder: Path) -> None:
    assert "rules that change" not in plan(coterie, folder, "--as-of", "2026-11-02")
    told = plan(coterie, folder, "--vars", "{least: 2}")
    assert "rules that change:\n  seg_busy: seg_busy: var least: 3 -> 2" in told
    model = folder / "models/customers.sql"
    model.write_text(model.read_text().replace("order_count from", "order_count + 1 as order_count from"))
    assert "seg_busy: customers: SQL changed" in plan(coterie, folder)


def test_columns_that_dashboards_read_are_told_before_they_break(coterie: Fresh, folder: Path) -> None:
    model = folder / "models/customers.sql"
    model.write_text("select customer_id, order_count::bigint as order_count, 1 as fresh from {{ ref('staged') }}")
    told = plan(coterie, folder)
    assert "breaks for readers:\n  marts.customers.order_count: INTEGER -> BIGINT" in told
    assert "fresh" not in told
    (folder / "models/segment_membership.sql").unlink()
    model.write_text("select customer_id, order_count, 1 as fresh from {{ ref('staged') }}")
    told = plan(coterie, folder)
    assert "marts.segment_membership would not be published any more" in told
    primary = folder / "models/segment_primary.sql"
    primary.write_text("select customer_id, 'new' as sub_segment from {{ ref('customers') }}")
    assert "marts.segment_primary.segment would be gone" in plan(coterie, folder)


def test_what_a_changed_model_reads_is_there_before_it(coterie: Fresh, folder: Path) -> None:
    model = folder / "models/customers.sql"
    model.write_text(model.read_text().replace("order_count from", "order_count + 1 as order_count from"))
    told = plan(coterie, folder, "--diff")
    assert cells(told, "table ")[0] == ["marts.customers", "0", "0", "4", "order_count", "4"]
    assert cells(told, "from ") == [["new", "loyal", "1", "b"]]


def test_a_model_that_does_not_build_is_told_and_nothing_is_left(coterie: Fresh, folder: Path) -> None:
    (folder / "models/seg_busy.sql").write_text("select customer_id, order_count // 0 as n from {{ ref('customers') }}")
    before = fingerprints(folder)
    ended = coterie(folder, "plan", "--diff")
    assert ended.exit_code == 1
    assert "models/seg_busy.sql:1:33: error:" in ended.stderr
    assert fingerprints(folder) == before
