"""What a source shows of its files: declared columns with declared types, whatever the files hold."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from conftest import Write, rows
from fresh import Ended, Fresh

YML = """
sources:
  - name: raw
    config: {{external_location: "{location}"}}
    tables:
      - name: orders
        columns:
          - {{name: order_id, data_type: integer, meta: {{required: true}}}}
          - {{name: amount, data_type: "decimal(18,4)"}}
          - {{name: note, data_type: varchar}}
      - name: refunds
        columns:
          - {{name: refund_id, data_type: integer}}
          - {{name: refunded_at, data_type: timestamp}}
"""
MODELS = {
    "project.yml": "name: shop\nmodels:\n  +materialized: table\n",
    "models/order_rows.sql": "select * from {{ source('raw', 'orders') }}",
    "models/refund_rows.sql": "select * from {{ source('raw', 'refunds') }}",
}


def build(coterie: Fresh, write: Write, files: dict[str, str], location: str = "data/{name}.csv") -> tuple[Path, Ended]:
    folder = write({**MODELS, "models/_sources.yml": YML.format(location=location), **files})
    ended = coterie(folder, "build")
    assert "Traceback" not in ended.stderr
    return folder, ended


def parquet(folder: Path, name: str, query: str) -> None:
    (folder / "data").mkdir(exist_ok=True)
    duckdb.execute(f"copy ({query}) to '{folder / 'data' / name}' (format parquet)")


ORDERS = {"data/orders.csv": "order_id,amount,note\n1,2.5,gift\n"}
ALL = "select * from main.order_rows order by all"


def test_columns_have_the_declared_names_types_and_order(coterie: Fresh, write: Write) -> None:
    folder, _ = build(coterie, write, {"data/orders.csv": "note,order_id,amount\ngift,1,2.5\n"})
    types = "select column_name, data_type from duckdb_columns() where table_name = 'order_rows'"
    assert rows(folder, types + " order by column_index") == [
        ("order_id", "INTEGER"),
        ("amount", "DECIMAL(18,4)"),
        ("note", "VARCHAR"),
    ]


def test_an_absent_optional_table_is_empty_and_typed(coterie: Fresh, write: Write) -> None:
    folder, ended = build(coterie, write, ORDERS)
    assert ended.exit_code == 0
    assert rows(folder, "select count(*) from main.refund_rows") == [(0,)]
    assert rows(folder, "select data_type from duckdb_columns() where column_name = 'refunded_at'")


def test_an_absent_optional_column_is_null(coterie: Fresh, write: Write) -> None:
    folder, _ = build(coterie, write, {"data/orders.csv": "order_id,amount\n1,2.5\n"})
    assert rows(folder, "select order_id, note from main.order_rows") == [(1, None)]


def test_an_extra_column_is_left_out(coterie: Fresh, write: Write) -> None:
    files = {"data/orders.csv": "order_id,amount,note,colour\n1,2.5,gift,red\n"}
    folder, _ = build(coterie, write, files)
    assert [tuple(map(str, row)) for row in rows(folder, ALL)] == [("1", "2.5000", "gift")]


@pytest.mark.parametrize(
    ("cell", "value"), [("", None), ('""', None), ("0", "0.0000"), ("-1.5", "-1.5000"), ("1e2", "100.0000")]
)
def test_a_cell_becomes(coterie: Fresh, write: Write, cell: str, value: str | None) -> None:
    folder, ended = build(coterie, write, {"data/orders.csv": f"order_id,amount\n1,{cell}\n"})
    assert ended.exit_code == 0, ended.stderr
    assert rows(folder, "select amount::varchar from main.order_rows") == [(value,)]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('"a, b"', "a, b"),
        ('"say ""hi"""', 'say "hi"'),
        ('"two\nlines"', "two\nlines"),
        ("café 東京", "café 東京"),
        ("NULL", "NULL"),
        (" padded ", " padded "),
        ("=1+1", "=1+1"),
        ("'quoted'", "'quoted'"),
        ("# no comment", "# no comment"),
        ("a;b|c\td", "a;b|c\td"),
    ],
)
def test_text_stays_what_it_is(coterie: Fresh, write: Write, cell: str, value: str) -> None:
    files = {"data/orders.csv": f"order_id,amount,note\n1,2,{cell}\n2,3,after\n"}
    folder, ended = build(coterie, write, files)
    assert ended.exit_code == 0, ended.stderr
    assert rows(folder, "select note from main.order_rows where order_id = 1") == [(value,)]


@pytest.mark.parametrize(
    "text",
    [
        "order_id,amount,note\r\n1,2.5,gift\r\n",
        "\ufefforder_id,amount,note\n1,2.5,gift\n",
        "order_id,amount,note\n1,2.5,gift",
        '"order_id","amount","note"\n1,2.5,gift\n',
        "order_id,amount,note\n1,2.5,gift\n\n",
    ],
    ids=["windows", "byte order mark", "no last newline", "quoted header", "empty last line"],
)
def test_a_csv_file_may_end_its_lines_and_begin_as_it_likes(coterie: Fresh, write: Write, text: str) -> None:
    folder, ended = build(coterie, write, {"data/orders.csv": text})
    assert ended.exit_code == 0, ended.stderr
    assert [tuple(map(str, row)) for row in rows(folder, ALL)] == [("1", "2.5000", "gift")]


def test_a_csv_file_may_have_a_header_and_no_row(coterie: Fresh, write: Write) -> None:
    folder, ended = build(coterie, write, {"data/orders.csv": "order_id,amount,note\n"})
    assert ended.exit_code == 0, ended.stderr
    assert rows(folder, ALL) == []


def test_several_csv_files_are_one_table_each_with_its_own_columns(coterie: Fresh, write: Write) -> None:
    files = {"data/orders_1.csv": "order_id,amount\n1,2.5\n", "data/orders_2.csv": "note,order_id\ngift,2\n"}
    folder, _ = build(coterie, write, files, "data/{name}_*.csv")
    assert [tuple(map(str, row)) for row in rows(folder, ALL)] == [("1", "2.5000", "None"), ("2", "None", "gift")]


def test_several_parquet_files_are_one_table_each_with_its_own_columns(coterie: Fresh, write: Write) -> None:
    folder = write({})
    parquet(folder, "orders_1.parquet", "select 1 as order_id, 2.5 as amount")
    parquet(folder, "orders_2.parquet", "select 'gift' as note, 2::bigint as order_id")
    build(coterie, write, {}, "data/{name}_*.parquet")
    assert [tuple(map(str, row)) for row in rows(folder, ALL)] == [("1", "2.5000", "None"), ("2", "None", "gift")]


def test_parquet_and_csv_of_the_same_rows_give_the_same_table(coterie: Fresh, write: Write) -> None:
    folder, _ = build(coterie, write, ORDERS)
    from_csv = rows(folder, ALL)
    parquet(folder, "orders.parquet", "select 1 as order_id, 2.5 as amount, 'gift' as note")
    build(coterie, write, {}, "data/{name}.parquet")
    assert rows(folder, ALL) == from_csv


def test_the_location_may_depend_on_vars(coterie: Fresh, write: Write) -> None:
    location = "{{ var('store_path', 'data') }}/{name}.{{ var('store_format', 'csv') }}"
    folder, _ = build(coterie, write, {**ORDERS, "elsewhere/orders.csv": "order_id\n7\n"}, location)
    assert rows(folder, "select order_id from main.order_rows") == [(1,)]
    ended = coterie(folder, "build", "--vars", "{store_path: elsewhere}", "--target-dir", "target/elsewhere")
    assert ended.exit_code == 0, ended.stderr
    warehouse = str(folder / "target" / "elsewhere" / "warehouse.duckdb")
    with duckdb.connect(warehouse, read_only=True) as connection:
        assert connection.execute("select order_id from main.order_rows").fetchall() == [(7,)]


def test_a_path_with_odd_letters_is_a_path(coterie: Fresh, write: Write) -> None:
    folder, ended = build(
        coterie, write, {"data/it's [1] here/orders.csv": "order_id\n5\n"}, "data/it's [[]1] here/{name}.csv"
    )
    assert ended.exit_code == 0, ended.stderr
    assert rows(folder, "select order_id from main.order_rows") == [(5,)]


def test_a_changed_file_is_read_again(coterie: Fresh, write: Write) -> None:
    folder, _ = build(coterie, write, ORDERS)
    build(coterie, write, {"data/orders.csv": "order_id,amount,note\n1,2.5,gift\n2,3,new\n"})
    assert rows(folder, "select count(*) from main.order_rows") == [(2,)]


def test_a_source_without_a_location_is_a_table_in_the_warehouse(coterie: Fresh, write: Write) -> None:
    yml = """
sources:
  - name: main
    tables: [{name: orders, columns: [{name: order_id, data_type: integer}]}]
"""
    files = {"models/_s.yml": yml, "models/m.sql": "select * from {{ source('main', 'orders') }}"}
    folder = write(files)
    (folder / "target").mkdir()
    with duckdb.connect(str(folder / "target" / "warehouse.duckdb")) as connection:
        connection.execute("create table orders as select 3 as order_id")
    ended = coterie(folder, "build")
    assert ended.exit_code == 0, ended.stderr
    assert rows(folder, "select order_id from main.m") == [(3,)]


def test_check_needs_no_files(coterie: Fresh, write: Write) -> None:
    folder = write({**MODELS, "models/_sources.yml": YML.format(location="nowhere/{name}.parquet")})
    assert coterie(folder, "check").exit_code == 0


def test_a_required_table_is_only_needed_by_what_is_built(coterie: Fresh, write: Write) -> None:
    yml = YML.format(location="data/{name}.csv").replace(
        "- name: refunds\n", "- name: refunds\n        meta: {required: true}\n"
    )
    folder = write({**MODELS, **ORDERS, "models/_sources.yml": yml})
    assert coterie(folder, "build").exit_code == 1
    assert coterie(folder, "build", "order_rows").exit_code == 0
