"""Seeds, views, tables, ephemeral and external models: what stands in the warehouse afterwards."""

# ruff: noqa: E501 - a case is easier to compare on one line

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from conftest import Shop, Write, rows
from fresh import Ended, Fresh


def build(coterie: Fresh, write: Write, files: dict[str, str]) -> tuple[Path, Ended]:
    folder = write(files)
    ended = coterie(folder, "build")
    assert ended.exit_code == 0, ended.stderr
    return folder, ended


KIND = """
select 'table' from duckdb_tables() where schema_name = '{0}' and table_name = '{1}'
union all select 'view' from duckdb_views() where schema_name = '{0}' and view_name = '{1}'
"""


@pytest.mark.parametrize("kind", ["table", "view"])
def test_a_model_becomes_what_it_says(coterie: Fresh, write: Write, kind: str) -> None:
    files = {"models/m.sql": f"{{{{ config(materialized='{kind}', schema='marts', alias='n') }}}} select 1 as a"}
    folder, _ = build(coterie, write, files)
    assert rows(folder, KIND.format("marts", "n")) == [(kind,)]


def test_a_view_may_become_a_table_and_a_view_again(coterie: Fresh, write: Write) -> None:
    for kind in ("view", "table", "view"):
        files = {"models/m.sql": f"{{{{ config(materialized='{kind}') }}}} select 1 as a"}
        folder, _ = build(coterie, write, files)
        assert rows(folder, KIND.format("main", "m")) == [(kind,)]


def test_a_model_may_be_called_like_a_word_of_sql(coterie: Fresh, write: Write) -> None:
    folder, _ = build(
        coterie,
        write,
        {
            "models/order.sql": "{{ config(schema='select') }}select 1 as a",
            "models/group by.sql": "select a + 1 as a from {{ ref('order') }}",
        },
    )
    assert rows(folder, 'select a from main."group by"') == [(2,)]


def test_an_ephemeral_model_leaves_nothing_and_is_read_in_place(coterie: Fresh, write: Write) -> None:
    folder, _ = build(
        coterie,
        write,
        {
            "models/orders.sql": "select unnest([1, 2, 3]) as amount",
            "models/large.sql": "{{ config(materialized='ephemeral') }}\n-- over two\nselect amount from {{ ref('orders') }} where amount >= 2 -- ",
            "models/larger.sql": "{{ config(materialized='ephemeral') }}with large as (select * from {{ ref('large') }}) select * from large where amount >= 3",
            "models/totals.sql": "select (select count(*) from {{ ref('large') }}) as large, count(*) as larger from {{ ref('larger') }} as l",
        },
    )
    assert rows(folder, "select * from main.totals") == [(2, 1)]
    assert rows(folder, KIND.format("main", "large")) == []


def test_who_reads_an_ephemeral_model_depends_on_what_it_reads(shop: Shop) -> None:
    manifest = shop(
        {
            "models/orders.sql": "select 1 as id",
            "models/recent.sql": "{{ config(materialized='ephemeral') }}select id from {{ ref('orders') }}",
            "models/facts.sql": "select id from {{ ref('recent') }}",
        }
    )
    assert manifest.compiled["facts"].parents == ("orders",)
    assert manifest.graph.order == ("orders", "facts")


@pytest.mark.parametrize(
    ("config", "path", "reader"),
    [
        ("location='out/{name}.parquet'", "out/m.parquet", "read_parquet"),
        ("location='out/m.csv'", "out/m.csv", "read_csv"),
        ("location='out/rows', format='parquet'", "out/rows", "read_parquet"),
        ("location='out/m.csv', options={'delimiter': '|', 'header': true}", "out/m.csv", "read_csv"),
        ("location='out/' ~ var('day', 'd1') ~ '/m.parquet'", "out/d1/m.parquet", "read_parquet"),
    ],
)  # fmt: skip
def test_an_external_model_is_a_file_and_can_be_read_on(
    coterie: Fresh, write: Write, config: str, path: str, reader: str
) -> None:
    folder, _ = build(
        coterie,
        write,
        {
            "models/m.sql": f"{{{{ config(materialized='external', {config}) }}}}\nselect 1 as id, 'a, \"b\"' as name",
            "models/readers.sql": "{{ config(materialized='table') }}select id, name from {{ ref('m') }}",
        },
    )
    assert rows(folder, "select * from main.readers") == [(1, 'a, "b"')]
    assert duckdb.sql(f"select id, name from {reader}('{folder / path}')").fetchall() == [(1, 'a, "b"')]


SEED = """
seeds:
  - name: limits
    config:
      column_types: {{{}}}
"""


def test_a_seed_has_the_types_that_are_declared(coterie: Fresh, write: Write) -> None:
    types = "code: varchar, amount: 'decimal(18,4)', on: date, is_on: boolean"
    folder, _ = build(
        coterie,
        write,
        {
            "seeds/_seeds.yml": SEED.format(types.replace(" on:", " since:")),
            "seeds/limits.csv": "code,amount,since,is_on\n007,1.5,2026-01-31,true\n,,,\n",
        },
    )
    described = rows(folder, "select column_name, column_type from (describe main.limits)")
    assert described == [("code", "VARCHAR"), ("amount", "DECIMAL(18,4)"), ("since", "DATE"), ("is_on", "BOOLEAN")]
    assert [tuple(map(str, row)) for row in rows(folder, "select * from main.limits")] == [
        ("007", "1.5000", "2026-01-31", "True"),
        ("None", "None", "None", "None"),
    ]


def test_a_seed_without_types_is_guessed(coterie: Fresh, write: Write) -> None:
    folder, _ = build(coterie, write, {"seeds/limits.csv": "country,amount\nGB,10\nIE,20\n"})
    assert rows(folder, "select sum(amount) from main.limits") == [(30,)]


def test_a_seed_may_use_another_delimiter_and_schema(coterie: Fresh, write: Write) -> None:
    folder, _ = build(
        coterie,
        write,
        {
            "project.yml": "name: shop\nseeds:\n  shop:\n    +schema: seeds\n    eu:\n      +delimiter: ';'\n",
            "seeds/eu/limits.csv": "country;note\nFR;a, b\n",
            "models/m.sql": "{{ config(materialized='table') }}select note from {{ ref('limits') }}",
        },
    )
    assert rows(folder, "select note from main.m") == [("a, b",)]
    assert rows(folder, KIND.format("seeds", "limits")) == [("table",)]


def test_a_seed_keeps_quotes_line_breaks_and_other_letters(coterie: Fresh, write: Write) -> None:
    folder, _ = build(
        coterie, write, {"seeds/words.csv": '\ufeffword,meaning\r\nnaïve,"two\nlines, ""quoted"""\r\n東京,🎁\r\n'}
    )
    assert rows(folder, "select * from main.words order by word") == [("naïve", 'two\nlines, "quoted"'), ("東京", "🎁")]


def test_a_seed_with_a_header_and_no_row_is_an_empty_table(coterie: Fresh, write: Write) -> None:
    folder, _ = build(coterie, write, {"seeds/overrides.csv": "customer_id,until\n"})
    assert rows(folder, "select * from main.overrides") == []


def test_a_disabled_seed_is_not_there(coterie: Fresh, write: Write) -> None:
    files = {
        "project.yml": "name: shop\nseeds:\n  +enabled: false\n",
        "seeds/limits.csv": "not even, a\n",
        "models/m.sql": "select 1 as a",
    }
    _, ended = build(coterie, write, files)
    assert "limits" not in ended.stderr


def test_the_smallest_project_is_a_name_and_a_model(coterie: Fresh, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "project.yml").write_text("name: shop\n")
    (tmp_path / "models" / "m.sql").write_text("select 1 as a")
    ended = coterie(tmp_path, "build")
    assert ended.exit_code == 0
    artifacts = ["catalog.json", "manifest.json", "run_results.json"]
    assert sorted(path.name for path in (tmp_path / "target").iterdir()) == [
        *artifacts,
        "state.json",
        "warehouse.duckdb",
    ]


CONTRACT = """
models:
  - name: m
    config: {contract: {enforced: true}}
    columns:
      - {name: id, data_type: bigint}
      - {name: amount, data_type: "DECIMAL(18, 4)"}
      - {name: seen_at, data_type: timestamp}
"""


def test_a_contract_is_kept_however_the_type_is_written(coterie: Fresh, write: Write) -> None:
    model = "select 1::bigint as id, 2::numeric(18,4) as amount, null::timestamp as seen_at"
    files = {"models/_m.yml": CONTRACT, "models/m.sql": model}
    build(coterie, write, files)
    assert coterie(write(files), "check").exit_code == 0


def test_a_contract_that_is_not_enforced_promises_nothing(coterie: Fresh, write: Write) -> None:
    yml = CONTRACT.replace("enforced: true", "enforced: false").replace("bigint", "varchar")
    model = "select 1 as id, 2 as amount, null::timestamp as seen_at, 3 as more"
    assert coterie(write({"models/_m.yml": yml, "models/m.sql": model}), "check").exit_code == 0
