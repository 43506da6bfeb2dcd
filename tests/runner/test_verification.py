"""build --verify: built anew in other ways, everything comes out as it stands, or it is told what does not."""

from __future__ import annotations

from conftest import Write
from fresh import Fresh

SHOP = {
    "project.yml": "name: shop\nvars: {as_of: 2026-01-05}\nmodels: {+materialized: table}\n",
    "models/_m.yml": """
sources: [{name: raw, config: {external_location: "data/{name}.csv"}, tables: [{name: stock, columns: [
  {name: item, data_type: varchar}, {name: pieces, data_type: integer}]}]}]
models:
  - name: last_item
    columns: [{name: part, data_tests: [unique]}]
  - name: grown
    config: {materialized: incremental, incremental_strategy: append}
""",
    "models/numbers.sql": "select range as i, range % 10 as part, range / 7 as share from range(20000)",
    "models/last_item.sql": "select part, max(i) as item from {{ ref('numbers') }} group by part",
    "models/grown.sql": "select item, pieces from {{ source('raw', 'stock') }}",
    "data/stock.csv": "item,pieces\na,1\nb,2\n",
}


def test_what_depends_on_its_rows_only_is_verified(coterie: Fresh, write: Write) -> None:
    folder = write(SHOP)
    ended = coterie(folder, "build", "--verify")
    assert ended.exit_code == 0, ended.stderr
    assert "3 tables are the same with any threads, in any order, and as they stand" in ended.stderr
    assert not (folder / "target/verify").exists()


def test_a_pick_that_depends_on_the_order_of_rows_is_found(coterie: Fresh, write: Write) -> None:
    picked = "select part, first(i) as item from {{ ref('numbers') }} group by part"
    ended = coterie(write({**SHOP, "models/last_item.sql": picked}), "build", "--verify")
    assert ended.exit_code == 1
    assert "models/last_item.sql:1:1: error: main.last_item differs with one thread and with several" in ended.stderr
    assert "(item)" in ended.stderr


def test_a_growing_table_that_is_not_what_a_rebuild_would_make_is_found(coterie: Fresh, write: Write) -> None:
    """It appends whatever comes, so a second delivery of the same rows makes them twice."""
    folder = write(SHOP)
    assert coterie(folder, "build").exit_code == 0
    (folder / "data/stock.csv").write_text("item,pieces\na,1\nb,3\n")
    ended = coterie(folder, "build", "--verify")
    assert ended.exit_code == 1
    assert (
        "models/grown.sql:1:1: error: main.grown differs as it stands and made anew: 0 rows added, 2 removed"
        in ended.stderr
    )
