"""Tables that grow: dbt's strategies, and what keeps them equal to a table made anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Write, rows
from fresh import Ended, Fresh

NEWER = "{% if is_incremental() %}where version > (select max(version) from {{ this }}){% endif %}"


def project(config: str, text: str = "") -> dict[str, str]:
    return {
        "models/_m.yml": "sources: [{name: raw, config: {external_location: 'data/{name}.csv'}, tables: [{name: stock, "
        "columns: [{name: item, data_type: varchar}, {name: version, data_type: integer}, "
        "{name: pieces, data_type: integer}]}]}]\n"
        "models: [{name: stock, config: {materialized: incremental, " + config + "}}]\n",
        "models/stock.sql": text or f"select item, version, pieces from {{{{ source('raw', 'stock') }}}} {NEWER}",
        "data/stock.csv": "item,version,pieces\na,1,10\nb,1,20\n",
    }


def deliver(folder: Path, text: str) -> None:
    (folder / "data/stock.csv").write_text("item,version,pieces\n" + text)


def built(coterie: Fresh, folder: Path, *options: str) -> Ended:
    ended = coterie(folder, "build", *options)
    assert ended.exit_code == 0, ended.stderr
    return ended


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        # item a comes again in version 2; c is new; b is not delivered again
        ("incremental_strategy: append", [("a", 1, 10), ("a", 2, 11), ("b", 1, 20), ("c", 2, 30)]),
        ("unique_key: item", [("a", 2, 11), ("b", 1, 20), ("c", 2, 30)]),
        ("unique_key: item, incremental_strategy: delete+insert", [("a", 2, 11), ("b", 1, 20), ("c", 2, 30)]),
        ("unique_key: item, incremental_strategy: merge", [("a", 2, 11), ("b", 1, 20), ("c", 2, 30)]),
        ("unique_key: [item, version], incremental_strategy: merge",
         [("a", 1, 10), ("a", 2, 11), ("b", 1, 20), ("c", 2, 30)]),
        ("unique_key: item, incremental_strategy: merge, merge_update_columns: [version]",
         [("a", 2, 10), ("b", 1, 20), ("c", 2, 30)]),
        ("unique_key: item, incremental_strategy: merge, merge_exclude_columns: [version]",
         [("a", 1, 11), ("b", 1, 20), ("c", 2, 30)]),
    ],
)  # fmt: skip
def test_a_strategy_does_with_new_rows_what_it_says(
    coterie: Fresh, write: Write, config: str, expected: list[tuple[str, int, int]]
) -> None:
    folder = write(project(config))
    built(coterie, folder)
    assert rows(folder, "from stock order by all") == [("a", 1, 10), ("b", 1, 20)]
    deliver(folder, "a,2,11\nc,2,30\n")
    built(coterie, folder)
    assert rows(folder, "from stock order by all") == expected
    built(coterie, folder)
    assert rows(folder, "from stock order by all") == expected


def test_full_refresh_starts_over(coterie: Fresh, write: Write) -> None:
    folder = write(project("incremental_strategy: append"))
    built(coterie, folder)
    deliver(folder, "c,2,30\n")
    built(coterie, folder, "--full-refresh")
    assert rows(folder, "from stock") == [("c", 2, 30)]


def test_another_rule_makes_the_table_anew_and_says_so(coterie: Fresh, write: Write) -> None:
    folder = write(project("unique_key: item"))
    built(coterie, folder)
    file = folder / "models/stock.sql"
    file.write_text(file.read_text().replace("pieces from", "pieces + 1 as pieces from"))
    assert "SQL changed" in coterie(folder, "plan").stdout
    built(coterie, folder)
    assert rows(folder, "from stock order by all") == [("a", 1, 11), ("b", 1, 21)]


def test_what_reads_a_table_made_anew_is_made_anew_too(coterie: Fresh, write: Write) -> None:
    folder = write(
        {
            **project("incremental_strategy: append"),
            "models/total.sql": "select sum(pieces) as n from {{ ref('stock') }}",
        }
    )
    built(coterie, folder)
    deliver(folder, "c,2,30\n")
    built(coterie, folder, "--select", "stock", "--full-refresh")
    assert rows(folder, "from stock") == [("c", 2, 30)]
    built(coterie, folder)
    assert rows(folder, "select n::integer from total") == [(30,)]


def test_history_that_must_be_kept_is_kept(coterie: Fresh, write: Write) -> None:
    folder = write(project("incremental_strategy: append, full_refresh: false"))
    built(coterie, folder)
    deliver(folder, "c,2,30\n")
    built(coterie, folder, "--full-refresh")
    assert rows(folder, "select item from stock order by all") == [("a",), ("b",), ("c",)]


WIDER = f"select item, version, pieces, 'EUR' as currency from {{{{ source('raw', 'stock') }}}} {NEWER}"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("ignore", [("a", 1, 10), ("b", 1, 20), ("c", 2, 30)]),
        ("append_new_columns", [("a", 1, 10, None), ("b", 1, 20, None), ("c", 2, 30, "EUR")]),
        ("sync_all_columns", [("a", 1, 10, None), ("b", 1, 20, None), ("c", 2, 30, "EUR")]),
    ],
)
def test_a_new_column_is_taken_in_as_on_schema_change_says(
    coterie: Fresh, write: Write, how: str, expected: list[tuple[object, ...]]
) -> None:
    folder = write(project(f"incremental_strategy: append, on_schema_change: {how}"))
    built(coterie, folder)
    (folder / "models/stock.sql").write_text(WIDER)
    deliver(folder, "c,2,30\n")
    built(coterie, folder)
    assert rows(folder, "from stock order by all") == expected


def test_sync_drops_a_column_and_changes_a_type(coterie: Fresh, write: Write) -> None:
    folder = write(project("incremental_strategy: append, on_schema_change: sync_all_columns"))
    built(coterie, folder)
    (folder / "models/stock.sql").write_text(
        f"select item, version::bigint as version from {{{{ source('raw', 'stock') }}}} {NEWER}"
    )
    deliver(folder, "c,2,30\n")
    built(coterie, folder)
    assert rows(folder, "select item, version, typeof(version) from stock order by all") == [
        ("a", 1, "BIGINT"), ("b", 1, "BIGINT"), ("c", 2, "BIGINT"),
    ]  # fmt: skip


def test_fail_fails_and_leaves_the_table_as_it_was(coterie: Fresh, write: Write) -> None:
    folder = write(project("incremental_strategy: append, on_schema_change: fail"))
    built(coterie, folder)
    (folder / "models/stock.sql").write_text(WIDER)
    deliver(folder, "c,2,30\n")
    ended = coterie(folder, "build")
    assert ended.exit_code == 2
    assert "the columns of `stock` changed: currency" in ended.stderr
    assert "--full-refresh" in ended.stderr
    assert rows(folder, "from stock order by all") == [("a", 1, 10), ("b", 1, 20)]


def test_a_merge_refuses_two_rows_for_one(coterie: Fresh, write: Write) -> None:
    folder = write(project("unique_key: item, incremental_strategy: merge"))
    built(coterie, folder)
    deliver(folder, "a,2,11\na,2,12\n")
    ended = coterie(folder, "build")
    assert ended.exit_code == 2
    assert "models/stock.sql:1:1: error: 1 keys of `stock` come in twice" in ended.stderr
    assert rows(folder, "from stock order by all") == [("a", 1, 10), ("b", 1, 20)]


def test_a_mistake_in_the_incremental_part_is_told_at_its_place(coterie: Fresh, write: Write) -> None:
    text = (
        "select item, version, pieces\nfrom {{ source('raw', 'stock') }}\n"
        "{% if is_incremental() %}where vesion > 1{% endif %}"
    )
    folder = write(project("unique_key: item", text))
    ended = coterie(folder, "check")
    assert ended.exit_code == 2
    assert "models/stock.sql:3:32: error:" in ended.stderr
    assert "version" in ended.stderr


def test_an_earlier_day_is_refused(coterie: Fresh, write: Write) -> None:
    folder = write({**project("unique_key: item"), "project.yml": "name: shop\nvars: {as_of: 2026-11-01}\n"})
    built(coterie, folder, "--as-of", "2026-11-03")
    deliver(folder, "c,2,30\n")
    ended = coterie(folder, "build", "--as-of", "2026-11-02")
    assert ended.exit_code == 2
    assert "was brought up to 2026-11-03 00:00:00 already; this build is of 2026-11-02 00:00:00" in ended.stderr
    assert "--target-dir" in ended.stderr
    assert rows(folder, "select count(*) from stock") == [(2,)]
    built(coterie, folder, "--as-of", "2026-11-02", "--full-refresh")


def test_a_unit_test_may_say_what_stands(coterie: Fresh, write: Write) -> None:
    folder = write(
        {
            **project("unique_key: item"),
            "models/_u.yml": """
unit_tests:
  - name: only_newer_versions_come_in
    model: stock
    overrides: {macros: {is_incremental: true}}
    given:
      - input: this
        rows: [{item: a, version: 4}]
      - input: source('raw', 'stock')
        rows: [{item: b, version: 4, pieces: 1}, {item: c, version: 5, pieces: 1}]
    expect:
      rows: [{item: c, version: 5, pieces: 1}]
""",
        }
    )
    ended = coterie(folder, "test", "--unit")
    assert ended.exit_code == 0, ended.stderr
    assert "1 unit tests passed" in ended.stderr
