"""Nothing is built twice: what a step depends on decides, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import Shop, Write, rows
from fresh import Ended, Fresh

from runner.plan import make_plan
from runner.state import NOTHING

SHOP = {
    "project.yml": 'name: shop\nvars:\n  as_of: "2026-11-01"\n  least: 10\nmodels:\n  +materialized: table\n',
    "macros/money.sql": "{% macro doubled(x) %}{{ x }} * 2{% endmacro %}\n{% macro unused(x) %}{{ x }}{% endmacro %}",
    "models/orders.sql": "select order_id, amount\nfrom {{ source('raw', 'orders') }}\n",
    "models/visits.sql": "select visit_id from {{ source('raw', 'visits') }}",
    "models/large_orders.sql": "select * from {{ ref('orders') }} where amount >= {{ var('least') }}",
    "models/doubled_orders.sql": "select order_id, {{ doubled('amount') }} as amount from {{ ref('orders') }}",
    "models/today.sql": "select timestamp '{{ var('as_of') }}' as today, count(*) as visits from {{ ref('visits') }}",
    "models/_m.yml": """
sources:
  - name: raw
    config: {external_location: "data/{name}.csv"}
    tables:
      - name: orders
        columns: [{name: order_id, data_type: integer}, {name: amount, data_type: integer}]
      - name: visits
        columns: [{name: visit_id, data_type: integer}]
models:
  - name: orders
    columns: [{name: order_id, data_tests: [unique, not_null]}]
""",
    "data/orders.csv": "order_id,amount\n1,5\n2,10\n3,20\n",
    "data/visits.csv": "visit_id\n1\n",
}
TESTS = {"unique_orders_order_id", "not_null_orders_order_id"}


def made(ended: Ended) -> set[str]:
    """What a build did, by the lines it printed."""
    assert ended.exit_code == 0, ended.stderr
    lines = [line.split() for line in ended.stderr.splitlines() if "/" in line.split(" ok ")[0]]
    return {
        words[3].rpartition(".")[2] if words[2] != "source" else words[3] for words in lines if words[1:2] == ["ok"]
    }


@pytest.fixture
def built(coterie: Fresh, write: Write) -> Path:
    folder = write(SHOP)
    assert made(coterie(folder, "build")) > TESTS
    return folder


def test_nothing_changed_and_nothing_runs(coterie: Fresh, built: Path) -> None:
    again = coterie(built, "build")
    assert made(again) == set()
    assert "0 tables and views, 0 tests" in again.stderr
    assert "9 unchanged" in again.stderr


@pytest.mark.parametrize(
    ("path", "text", "again"),
    [
        # a comment, the layout, the case of keywords
        (
            "models/orders.sql",
            "-- all of them\nSELECT\n    order_id,\n    amount FROM {{ source('raw','orders') }}",
            set(),
        ),
        ("models/_n.yml", "models: [{name: visits, description: Someone came by.}]", set()),
        ("macros/other.sql", "{% macro other() %}1{% endmacro %}", set()),
        # a macro, and only what uses it
        (
            "macros/money.sql",
            "{% macro doubled(x) %}{{ x }} * 3{% endmacro %}\n{% macro unused(x) %}{{ x }}{% endmacro %}",
            {"doubled_orders"},
        ),
        (
            "macros/money.sql",
            "{% macro doubled(x) %}{{ x }} * 2{% endmacro %}\n{% macro unused(x) %}-{{ x }}{% endmacro %}",
            set(),
        ),
        # a file, and only what reads it
        ("data/visits.csv", "visit_id\n1\n2\n", {"raw.visits", "visits", "today"}),
        # the text of a model, and all that reads it, tests too
        (
            "models/orders.sql",
            "select order_id, amount + 1 as amount from {{ source('raw', 'orders') }}",
            {"orders", "large_orders", "doubled_orders", *TESTS},
        ),
    ],
)
def test_a_change_reaches_only_what_depends_on_it(
    coterie: Fresh, built: Path, path: str, text: str, again: set[str]
) -> None:
    (built / path).write_text(text, encoding="utf-8")
    assert made(coterie(built, "build")) == again
    assert made(coterie(built, "build")) == set()


def test_a_var_reaches_only_what_reads_it(coterie: Fresh, built: Path) -> None:
    assert made(coterie(built, "build", "--vars", "{least: 11}")) == {"large_orders"}
    assert rows(built, "select order_id from large_orders") == [(3,)]


def test_the_day_reaches_only_what_reads_it(coterie: Fresh, built: Path) -> None:
    assert made(coterie(built, "build", "--as-of", "2026-11-02")) == {"today"}


def test_a_touched_file_is_read_again_and_found_the_same(coterie: Fresh, built: Path) -> None:
    os.utime(built / "data/orders.csv", ns=(1, 1))
    assert made(coterie(built, "build")) == set()


def test_a_file_of_the_same_size_and_time_is_trusted_and_one_of_another_time_is_not(
    coterie: Fresh, built: Path
) -> None:
    file = built / "data/orders.csv"
    before = file.stat()
    file.write_text("order_id,amount\n1,6\n2,10\n3,20\n")
    assert file.stat().st_size == before.st_size
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert {"raw.orders", "orders"} <= made(coterie(built, "build"))


def test_a_machine_that_restores_the_warehouse_builds_nothing(coterie: Fresh, built: Path, tmp_path: Path) -> None:
    """Every file is younger there than here, and holds the same."""
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(built, elsewhere, ignore=shutil.ignore_patterns("elsewhere", "target"))
    for file in elsewhere.rglob("*.*"):
        os.utime(file)
    (elsewhere / "target").mkdir()
    shutil.copy(built / "target/warehouse.duckdb", elsewhere / "target")
    assert made(coterie(elsewhere, "build")) == set()


def test_a_table_that_was_dropped_is_made_again_and_nothing_else(coterie: Fresh, built: Path) -> None:
    import duckdb

    with duckdb.connect(str(built / "target/warehouse.duckdb")) as connection:
        connection.execute("drop table main.large_orders")
    assert made(coterie(built, "build")) == {"large_orders"}


def test_a_test_that_warned_warns_again(coterie: Fresh, write: Write) -> None:
    folder = write(
        {
            "models/m.sql": "select null as i",
            "models/_m.yml": "models: [{name: m, columns: [{name: i, data_tests: "
            "[not_null: {config: {severity: warn}}]}]}]",
        }
    )
    for _ in range(2):
        ended = coterie(folder, "build")
        assert ended.exit_code == 0
        assert "1 warned" in ended.stderr


def test_full_refresh_makes_everything_anew(coterie: Fresh, built: Path) -> None:
    assert len(made(coterie(built, "build", "--full-refresh"))) == 7  # seven tables and tests; views over files stay


def test_a_plan_says_why(coterie: Fresh, built: Path) -> None:
    (built / "macros/money.sql").write_text("{% macro doubled(x) %}{{ x }} * 3{% endmacro %}")
    (built / "models/visits.sql").write_text("select visit_id + 1 as visit_id from {{ source('raw', 'visits') }}")
    told = coterie(built, "plan", "--vars", "{least: 11}").stdout
    why = {line.split()[1]: " ".join(line.split()[2:]) for line in told.splitlines()}
    assert why == {
        "raw.orders": "unchanged",
        "raw.visits": "unchanged",
        "orders": "unchanged",
        "visits": "SQL changed",
        "large_orders": "var least: 10 -> 11",
        "doubled_orders": "macro doubled changed",
        "today": "upstream changed: visits",
    }


def test_state_modified_is_what_the_text_says_and_not_the_day_or_the_data(
    coterie: Fresh, built: Path, tmp_path: Path
) -> None:
    """A copy of the records is enough; the warehouse need not be there."""
    production = tmp_path / "production"
    production.mkdir()
    shutil.copy(built / "target/state.json", production)
    assert json.loads((production / "state.json").read_text())["version"] == 2
    shutil.rmtree(built / "target")
    compared = ("--state", str(production), "--as-of", "2026-12-24")
    (built / "data/orders.csv").write_text("order_id,amount\n9,9\n")
    (built / "models/visits.sql").write_text("-- who came by\nselect visit_id\nfrom {{ source('raw', 'visits') }}")
    assert coterie(built, "ls", "state:modified", *compared).stdout == ""
    (built / "models/orders.sql").write_text("select order_id, 1 as amount from {{ source('raw', 'orders') }}")
    (built / "models/fresh.sql").write_text("select 1 as i")
    modified = coterie(built, "ls", "state:modified", *compared).stdout.split()
    assert set(modified) == {"fresh", "orders", *TESTS}
    assert coterie(built, "ls", "state:new", *compared).stdout.split() == ["fresh"]
    below = coterie(built, "ls", "state:modified+", *compared).stdout.split()
    assert set(below) == {"fresh", "orders", "large_orders", "doubled_orders", *TESTS}


def test_state_without_anything_to_compare_with_says_so(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    ended = coterie(folder, "ls", "state:modified", "--state", "nowhere")
    assert ended.exit_code == 3
    assert "cannot read" in ended.stderr
    assert "state.json" in ended.stderr


def test_a_table_made_from_a_stale_parent_is_stale_too(coterie: Fresh, built: Path) -> None:
    """Only the reader was selected: it is of the state that its parent is of, whatever the parent's file says."""
    (built / "models/orders.sql").write_text(
        "select order_id, amount * 100 as amount from {{ source('raw', 'orders') }}"
    )
    (built / "models/large_orders.sql").write_text("select amount from {{ ref('orders') }} where amount >= 10")
    assert made(coterie(built, "build", "large_orders")) == {"large_orders"}
    assert rows(built, "from large_orders order by all") == [(10,), (20,)]
    assert {"orders", "large_orders"} <= made(coterie(built, "build"))
    assert rows(built, "from large_orders order by all") == [(500,), (1000,), (2000,)]


def test_what_reads_a_view_that_is_not_chosen_waits_for_the_files_behind_it(shop: Shop) -> None:
    """The source view names the files of yesterday until it is made again, and one of them may be gone."""
    manifest = shop(
        {
            "models/_m.yml": """
sources: [{name: raw, tables: [{name: orders, config: {external_location: "data/*.csv"}}]}]
""",
            "models/known.sql": "{{ config(materialized='view') }} select * from {{ source('raw', 'orders') }}",
            "models/better_known.sql": "{{ config(materialized='view') }} from {{ ref('known') }}",
            "models/counted.sql": "{{ config(materialized='table') }} select count(*) from {{ ref('better_known') }}",
        }
    )
    plan = make_plan(manifest, frozenset({"counted"}), {}, NOTHING)
    assert {step.name: step.waits for step in plan.steps} == {"raw.orders": (), "counted": ("raw.orders",)}
