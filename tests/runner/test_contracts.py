"""`not_null` in an enforced contract: what does not hold it is never seen by a reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Write, rows
from fresh import Fresh

YML = """
models:
  - name: orders
    config: {contract: {enforced: true}}
    columns:
      - name: order_id
        data_type: integer
        constraints: [{type: not_null}]
      - name: note
        data_type: varchar
"""
ORDERS = "select * from (values (1, 'a'), ({{ var('second', 2) }}, null)) as t(order_id, note)"


def project(kind: str) -> dict[str, str]:
    settings = f"models: {{+materialized: {kind}}}\nvars: {{second: 2}}\n"
    return {"project.yml": f"name: shop\n{settings}", "models/orders.sql": ORDERS, "models/_models.yml": YML}


@pytest.mark.parametrize("kind", ["table", "view"])
def test_what_stood_before_stays(coterie: Fresh, write: Write, kind: str) -> None:
    folder = write(project(kind))
    assert coterie(folder, "build").exit_code == 0
    ended = coterie(folder, "build", "--vars", "{second: 'null'}")
    assert ended.exit_code == 1
    assert "models/_models.yml:8:23: error: contract of `orders`: `order_id` is null in 1 of 2 rows" in ended.stderr
    # the column `note` made no such promise
    assert rows(folder, "select order_id, note from main.orders order by 1") == [(1, "a"), (2, None)]


def test_a_table_that_becomes_a_view_stays_a_table_when_it_breaks_its_promise(coterie: Fresh, write: Write) -> None:
    folder = write(project("table"))
    assert coterie(folder, "build").exit_code == 0
    write(project("view"))
    assert coterie(folder, "build", "--vars", "{second: 'null'}").exit_code == 1
    assert rows(folder, "select count(*) from duckdb_tables() where table_name = 'orders'") == [(1,)]


def test_an_external_file_is_not_written_over(coterie: Fresh, write: Write) -> None:
    folder = write(
        {**project("external"), "project.yml": """
name: shop
vars: {second: 2}
models: {+materialized: external, +location: "target/{name}.csv"}
"""}
    )  # fmt: skip
    assert coterie(folder, "build").exit_code == 0
    written = Path(folder, "target/orders.csv").read_text()
    assert coterie(folder, "build", "--vars", "{second: 'null'}").exit_code == 1
    assert Path(folder, "target/orders.csv").read_text() == written


def test_all_columns_that_promise_are_looked_at(coterie: Fresh, write: Write) -> None:
    both = YML + "        constraints:\n          - {type: not_null, name: note_is_there}\n"
    ended = coterie(write({**project("table"), "models/_models.yml": both}), "build")
    assert "models/_models.yml:12:13: error: contract of `orders`: `note` is null in 1 of 2 rows" in ended.stderr


def test_without_an_enforced_contract_constraints_are_words(coterie: Fresh, write: Write) -> None:
    free = YML.replace("enforced: true", "enforced: false").replace("not_null", "foreign_key")
    ended = coterie(write({**project("table"), "models/_models.yml": free}), "build", "--vars", "{second: 'null'}")
    assert ended.exit_code == 0, ended.stderr
