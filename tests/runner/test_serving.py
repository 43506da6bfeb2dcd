"""A version is made from the one that readers have, and is what one written whole would be.

That something was taken over shows in a version that was tampered with: only what is written again is right again.
"""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import Write, lay_out, rows
from fresh import Ended, Fresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEADER = "order_id,item,amount,note\n"
STANDING = HEADER + "".join(f"o{at},i{at % 5},{at % 7},n{at}\n" for at in range(100))
FILES = {
    "project.yml": """
name: shop
vars: {as_of: 2026-01-05}
models: {+materialized: table}
serve: {include: [main, seeds]}
""",
    "seeds/countries.csv": "code,name\nIE,Ireland\n",
    "seeds/_s.yml": "seeds: [{name: countries, config: {schema: seeds}}]",
    "models/_m.yml": """
sources:
  - name: raw
    config: {external_location: "data/{name}*.csv"}
    tables:
      - name: orders
        columns:
          - {name: order_id, data_type: varchar}
          - {name: item, data_type: varchar}
          - {name: amount, data_type: integer}
          - {name: note, data_type: varchar}
models:
  - name: orders
    description: What was bought.
    config: {meta: {follows: {key: order_id, inputs: {raw.orders: order_id}}}}
    columns: [{name: amount, description: In cents.}]
  - name: items
    description: What there is to buy.
  - name: details
    config: {meta: {follows: {key: order_id, inputs: {orders: order_id, items: item -> orders.item}}}}
  - name: totals
""",
    "models/orders.sql": "select * from {{ source('raw', 'orders') }}",
    # made anew each time, compared for who follows it, without a key, and with rows that are alike
    "models/items.sql": "select item, amount % 3 as kind from {{ source('raw', 'orders') }}",
    "models/details.sql": """
select orders.order_id, orders.amount, items.kind
from {{ ref('orders') }} as orders
left join (select item, min(kind) as kind from {{ ref('items') }} group by item) as items on orders.item = items.item
""",
    "models/totals.sql": "select item, sum(amount)::bigint as amount from {{ ref('orders') }} group by item",
    "data/orders-standing.csv": STANDING,
}
TABLES = ("main.orders", "main.items", "main.details", "main.totals", "seeds.countries")


def serving(folder: Path) -> Path:
    return (folder / "target/serve/coterie.duckdb").resolve()


def published(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(serving(folder)), read_only=True) as connection:
        return connection.execute(query).fetchall()


def built(coterie: Fresh, folder: Path) -> Ended:
    ended = coterie(folder, "build")
    assert ended.exit_code == 0, ended.stderr
    assert "\npublished " in ended.stdout + ended.stderr
    return ended


def arrive(folder: Path, name: str, *entries: str) -> None:
    (folder / f"data/orders-{name}.csv").write_text(HEADER + "".join(f"{each}\n" for each in entries))


def tamper(folder: Path, statement: str) -> None:
    serving(folder).chmod(0o644)
    with duckdb.connect(str(serving(folder))) as connection:
        connection.execute(statement)


def is_whole(folder: Path) -> None:
    """Do readers find what stands in the warehouse, in the file and as Parquet?"""
    for table in TABLES:
        stands = rows(folder, f"from {table} order by all")
        assert published(folder, f"from {table} order by all") == stands
        parquet = folder / "target/serve/parquet" / f"{table.replace('.', '/')}.parquet"
        assert published(folder, f"from '{parquet}' order by all") == stands


@pytest.fixture
def folder(coterie: Fresh, write: Write) -> Path:
    place = write(FILES)
    built(coterie, place)
    return place


def test_rows_and_tables_that_did_not_change_are_taken_over(coterie: Fresh, folder: Path) -> None:
    before = (folder / "target/serve/parquet/seeds/countries.parquet").stat().st_ino
    tamper(folder, "update orders set amount = 99; update totals set amount = 99")
    tamper(folder, "update items set kind = 99 where item <> 'i1'")
    arrive(folder, "2", "o500,i1,2,new")
    built(coterie, folder)
    # the one order that came, and what was made of all of them
    assert published(folder, "select order_id from orders where amount <> 99") == [("o500",)]
    assert published(folder, "select count(*) from totals where amount = 99") == [(0,)]
    assert published(folder, "select distinct item from items where kind <> 99") == [("i1",)]
    assert (folder / "target/serve/parquet/seeds/countries.parquet").stat().st_ino == before


def test_a_table_that_somebody_added_to_is_written_whole(coterie: Fresh, folder: Path) -> None:
    tamper(folder, "insert into orders from orders limit 1; delete from seeds.countries")
    arrive(folder, "2", "o500,i1,2,new")
    built(coterie, folder)
    is_whole(folder)


@pytest.mark.parametrize(
    "statement",
    [
        f"update about set published_at = '{date.today() - timedelta(days=7)} 10:00:00'",
        "update about set duckdb_version = '1.9.9'",
        "update about set coterie_version = '0.0.0'",
        "drop table _coterie.contents",
        "update _coterie.contents set word = 'another'",
        "drop table about",
    ],
)
def test_all_is_written_whole_where_it_cannot_be_taken_over(coterie: Fresh, folder: Path, statement: str) -> None:
    tamper(folder, f"update orders set amount = 99; update seeds.countries set name = 'Eire'; {statement}")
    arrive(folder, "2", "o500,i1,2,new")
    built(coterie, folder)
    is_whole(folder)


def test_another_format_writes_all_whole(coterie: Fresh, folder: Path) -> None:
    tamper(folder, "update orders set amount = 99")
    settings = folder / "project.yml"
    settings.write_text(settings.read_text().replace("[main, seeds]", "[main, seeds], storage_version: v1.2.0"))
    built(coterie, folder)
    is_whole(folder)
    assert "v1.2.0" in str(published(folder, "select tags from duckdb_databases() where not internal"))


def test_descriptions_are_those_of_today(coterie: Fresh, folder: Path) -> None:
    properties = folder / "models/_m.yml"
    text = properties.read_text().replace("What was bought.", "What was ordered.").replace("In cents.", "")
    properties.write_text(text.replace("    description: What there is to buy.\n", ""))
    built(coterie, folder)
    told = dict(published(folder, "select table_name, comment from duckdb_tables() where schema_name = 'main'"))
    assert (told["orders"], told["items"]) == ("What was ordered.", None)
    columns = "select comment from duckdb_columns() where table_name = 'orders' and column_name = 'amount'"
    assert published(folder, columns) == [(None,)]


def test_what_is_not_published_any_more_is_gone(coterie: Fresh, folder: Path) -> None:
    settings = folder / "project.yml"
    settings.write_text(settings.read_text().replace("[main, seeds]", "[main.orders]"))
    built(coterie, folder)
    schemas = "select distinct schema_name, table_name from duckdb_tables() where schema_name <> '_coterie'"
    assert set(published(folder, schemas)) == {("main", "orders"), ("main", "about")}
    assert published(folder, "select count(*) from duckdb_schemas() where schema_name = 'seeds'") == [(0,)]


def test_an_address_in_a_row_that_came_is_refused(coterie: Fresh, folder: Path) -> None:
    before = serving(folder)
    arrive(folder, "2", "o500,i1,2,anna@" + "example.org")
    ended = coterie(folder, "build")
    assert ended.exit_code == 1
    assert "main.orders.note holds 1 values that look like e-mail addresses" in ended.stderr
    assert serving(folder) == before
    arrive(folder, "2", "o500,i1,2,none")
    built(coterie, folder)
    is_whole(folder)


def test_a_version_after_a_rollback_is_made_from_what_readers_have(coterie: Fresh, folder: Path) -> None:
    for at in (500, 501, 502):
        arrive(folder, f"{at}", f"o{at},i1,{at % 7},new", "o3,i9,1,moved")
        built(coterie, folder)
    assert coterie(folder, "publish", "--rollback").exit_code == 0
    assert published(folder, "select count(*) from orders where order_id = 'o502'") == [(0,)]
    built(coterie, folder)
    is_whole(folder)


ENTRY = st.builds(
    "{},{},{},{}".format,
    st.sampled_from([f"o{at}" for at in (1, 2, 3, 500, 501, 502)]),
    st.sampled_from(["i1", "i2", "i9", ""]),
    st.integers(0, 3),
    st.sampled_from(["a", "b"]),
)
DELIVERY = st.tuples(st.sampled_from("abc"), st.lists(ENTRY, max_size=3), st.booleans())


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DELIVERY, min_size=2, max_size=5))
def test_readers_find_what_stands(
    coterie: Fresh, tmp_path_factory: pytest.TempPathFactory, deliveries: list[tuple[str, list[str], bool]]
) -> None:
    place = tmp_path_factory.mktemp("shop")
    lay_out(place, FILES)
    built(coterie, place)
    for name, entries, is_published in deliveries:
        arrive(place, name, *entries)
        assert coterie(place, "build", *([] if is_published else ["--no-publish"])).exit_code == 0
        if is_published:
            is_whole(place)
    coterie(place, "build")
    is_whole(place)
    shutil.rmtree(place)
