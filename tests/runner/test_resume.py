"""After a kill, a crash or a failed model, the next build does what is left, and ends where it should."""

from __future__ import annotations

from pathlib import Path

import duckdb
from conftest import Write, rows
from fresh import Fresh

from benchmarks.kill_builds import run


def test_after_any_kill_the_next_build_ends_where_an_undisturbed_one_does(tmp_path: Path) -> None:
    outcome = run(20, 1, tmp_path)
    assert outcome.kills == 20
    assert outcome.too_late < 20
    assert outcome.tables == 105
    assert outcome.differing == []


SHOP = {
    "project.yml": "name: shop\nvars: {divisor: 0}\nmodels: {+materialized: table}\n",
    "models/orders.sql": "select range as order_id from range(10)",
    "models/shares.sql": "select order_id // {{ var('divisor') }} as share from {{ ref('orders') }}",
    "models/totals.sql": "select count(*) as n from {{ ref('shares') }}",
    "models/other.sql": "select order_id + 1 as i from {{ ref('orders') }}",
}


def test_after_a_failed_model_only_it_and_what_waited_for_it_is_left(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    assert coterie(folder, "build").exit_code == 1
    why = {line.split()[1]: " ".join(line.split()[2:]) for line in coterie(folder, "plan").stdout.splitlines()}
    assert why == {"orders": "unchanged", "other": "unchanged", "shares": "failed last time", "totals": "new"}
    mended = coterie(folder, "build", "--vars", "{divisor: 2}")
    assert mended.exit_code == 0
    assert "2 ok, 2 unchanged" in mended.stderr
    assert rows(folder, "from totals") == [(10,)]


def test_what_was_begun_and_never_finished_is_not_what_its_record_said(coterie: Fresh, write: Write) -> None:
    """A build of other rules was killed right after a table was made: going back must not find it unchanged."""
    folder = write({**SHOP, "project.yml": SHOP["project.yml"].replace("divisor: 0", "divisor: 1")})
    assert coterie(folder, "build").exit_code == 0
    with duckdb.connect(str(folder / "target/warehouse.duckdb")) as connection:
        connection.execute("update _coterie.records set status = 'started' where name = 'other'")
        connection.execute("create or replace table other as select 99 as i")
    assert "not finished last time" in coterie(folder, "plan").stdout
    assert coterie(folder, "build").exit_code == 0
    assert rows(folder, "select count(*), max(i) from other") == [(10, 10)]


def test_runs_and_their_steps_are_recorded(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    coterie(folder, "build", "--vars", "{divisor: 2}")
    coterie(folder, "build", "other", "shares")
    runs = rows(folder, "select status, selection, finished_at >= started_at from _coterie.runs order by run_id")
    assert runs == [("ok", "", True), ("failed", "other shares", True)]
    query = (
        "select name, kind, status, reason, row_count from _coterie.run_steps "
        "where run_id = (select {}(run_id) from _coterie.runs) order by name"
    )
    assert rows(folder, query.format("min")) == [
        (name, "model", "ok", "new", count)
        for name, count in (("orders", 10), ("other", 10), ("shares", 10), ("totals", 1))
    ]
    assert rows(folder, query.format("max")) == [
        ("other", "model", "unchanged", "unchanged", 10),
        ("shares", "model", "failed", "var divisor: 2 -> 0", None),
    ]
