"""Snapshots keep every version of every row: dbt's rules and columns, stamped with as_of."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Write, rows
from fresh import Ended, Fresh

Version = tuple[object, ...]


def project(config: str, block: bool = False) -> dict[str, str]:
    declared = "snapshots: [{name: history, relation: \"source('raw', 'people')\", config: {" + config + "}}]\n"
    words = ", ".join(f"{key.strip()}='{value.strip()}'" for key, value in (e.split(":") for e in config.split(",")))
    text = f"{{% snapshot history %}}\n{{{{ config({words}) }}}}\nselect * from {{{{ source('raw', 'people') }}}}\n"
    return {
        "project.yml": "name: shop\nvars: {as_of: 2026-01-01}\n",
        "models/_s.yml": "sources: [{name: raw, config: {external_location: 'data/{name}.csv'}, "
        "tables: [{name: people, "
        "columns: [{name: id, data_type: integer}, {name: city, data_type: varchar}, "
        "{name: changed_at, data_type: timestamp}]}]}]\n",
        **({"snapshots/history.sql": text + "{% endsnapshot %}\n"} if block else {"snapshots/_s.yml": declared}),
        "data/people.csv": "id,city,changed_at\n1,Cork,2025-12-01\n2,Bray,2025-12-02\n",
    }


def on(coterie: Fresh, folder: Path, day: str, people: str | None = None) -> Ended:
    if people is not None:
        (folder / "data/people.csv").write_text("id,city,changed_at\n" + people)
    ended = coterie(folder, "build", "--as-of", f"2026-01-{day}")
    assert ended.exit_code == 0, ended.stderr
    return ended


def versions(folder: Path, more: str = "") -> list[Version]:
    query = f"select id, city, strftime(dbt_valid_from, '%m-%d'), strftime(dbt_valid_to, '%m-%d'){more} from history"
    return rows(folder, f"{query} order by id, dbt_valid_from")


CHECK = "strategy: check, unique_key: id, check_cols: city"
TIMESTAMP = "strategy: timestamp, unique_key: id, updated_at: changed_at"


def test_check_makes_a_version_when_a_checked_column_changes(coterie: Fresh, write: Write) -> None:
    folder = write(project(CHECK))
    on(coterie, folder, "01")
    assert versions(folder) == [(1, "Cork", "01-01", None), (2, "Bray", "01-01", None)]
    # 1 moves, 2 changes a column that nobody checks, 3 is new
    on(coterie, folder, "03", "1,Sligo,2025-12-01\n2,Bray,2026-01-02\n3,Naas,2026-01-02\n")
    assert versions(folder) == [
        (1, "Cork", "01-01", "01-03"),
        (1, "Sligo", "01-03", None),
        (2, "Bray", "01-01", None),
        (3, "Naas", "01-03", None),
    ]


def test_check_of_all_columns_sees_every_change(coterie: Fresh, write: Write) -> None:
    folder = write(project("strategy: check, unique_key: id, check_cols: all"))
    on(coterie, folder, "01")
    on(coterie, folder, "02", "1,Cork,2025-12-01\n2,Bray,2026-01-02\n")
    assert [each[0] for each in versions(folder)] == [1, 2, 2]


@pytest.mark.parametrize("block", [False, True])
def test_timestamp_makes_a_version_when_the_time_moves_on(coterie: Fresh, write: Write, block: bool) -> None:
    folder = write(project(TIMESTAMP, block))
    on(coterie, folder, "01")
    assert versions(folder) == [(1, "Cork", "12-01", None), (2, "Bray", "12-02", None)]
    # 1 moved on; 2 has another city at the same time, which is no new version
    on(coterie, folder, "05", "1,Sligo,2026-01-04\n2,Trim,2025-12-02\n")
    assert versions(folder) == [(1, "Cork", "12-01", "01-04"), (1, "Sligo", "01-04", None), (2, "Bray", "12-02", None)]


@pytest.mark.parametrize(
    ("deletes", "after_leaving", "after_return"),
    [
        ("ignore", [(2, "Bray", "01-01", None)], [(2, "Bray", "01-01", "01-03"), (2, "Trim", "01-03", None)]),
        ("invalidate", [(2, "Bray", "01-01", "01-02")], [(2, "Bray", "01-01", "01-02"), (2, "Trim", "01-03", None)]),
        (
            "new_record",
            [(2, "Bray", "01-01", "01-02"), (2, "Bray", "01-02", None)],
            [(2, "Bray", "01-01", "01-02"), (2, "Bray", "01-02", "01-03"), (2, "Trim", "01-03", None)],
        ),
    ],
)
def test_a_row_that_is_gone_is_treated_as_hard_deletes_says(
    coterie: Fresh, write: Write, deletes: str, after_leaving: list[Version], after_return: list[Version]
) -> None:
    folder = write(project(f"{CHECK}, hard_deletes: {deletes}"))
    on(coterie, folder, "01")
    on(coterie, folder, "02", "1,Cork,2025-12-01\n")
    assert [each for each in versions(folder) if each[0] == 2] == after_leaving
    on(coterie, folder, "03", "1,Cork,2025-12-01\n2,Trim,2026-01-03\n")
    assert [each for each in versions(folder) if each[0] == 2] == after_return
    if deletes == "new_record":
        flags = rows(folder, "select dbt_is_deleted from history where id = 2 order by dbt_valid_from")
        assert flags == [("False",), ("True",), ("False",)]


def test_a_day_that_is_run_again_changes_nothing(coterie: Fresh, write: Write) -> None:
    folder = write(project(f"{CHECK}, hard_deletes: invalidate"))
    on(coterie, folder, "01")
    on(coterie, folder, "02", "1,Sligo,2025-12-01\n")
    once = rows(folder, "from history order by all")
    again = coterie(folder, "build", "--as-of", "2026-01-02", "--full-refresh")
    assert again.exit_code == 0, again.stderr
    assert rows(folder, "from history order by all") == once


def test_a_day_that_is_run_again_with_other_rows_is_as_if_it_had_run_once(coterie: Fresh, write: Write) -> None:
    """A delivery that was corrected on the same day leaves no version that lasted no time."""
    folder = write(project(f"{CHECK}, hard_deletes: invalidate"))
    on(coterie, folder, "01")
    on(coterie, folder, "02", "1,Wrong,2025-12-01\n")
    on(coterie, folder, "02", "1,Sligo,2025-12-01\n2,Bray,2025-12-02\n3,Naas,2026-01-02\n")
    assert versions(folder) == [
        (1, "Cork", "01-01", "01-02"),
        (1, "Sligo", "01-02", None),
        (2, "Bray", "01-01", None),
        (3, "Naas", "01-02", None),
    ]
    on(coterie, folder, "02", "1,Cork,2025-12-01\n2,Bray,2025-12-02\n")
    assert versions(folder) == [(1, "Cork", "01-01", None), (2, "Bray", "01-01", None)]


def test_days_out_of_order_are_refused(coterie: Fresh, write: Write) -> None:
    folder = write(project(CHECK))
    on(coterie, folder, "01")
    on(coterie, folder, "05")  # nothing changed, and yet that day was seen
    (folder / "data/people.csv").write_text("id,city,changed_at\n1,Sligo,2026-01-02\n")
    ended = coterie(folder, "build", "--as-of", "2026-01-03")
    assert ended.exit_code == 2
    assert "`history` was brought up to 2026-01-05 00:00:00 already; this build is of 2026-01-03" in ended.stderr
    assert versions(folder) == [(1, "Cork", "01-01", None), (2, "Bray", "01-01", None)]


@pytest.mark.parametrize("people", ["1,Cork,2026-01-01\n1,Sligo,2026-01-01\n", ",Cork,2026-01-01\n"])
def test_a_key_that_is_none_is_an_error_and_loses_nothing(coterie: Fresh, write: Write, people: str) -> None:
    folder = write(project(CHECK))
    on(coterie, folder, "01")
    (folder / "data/people.csv").write_text("id,city,changed_at\n" + people)
    ended = coterie(folder, "build", "--as-of", "2026-01-02")
    assert ended.exit_code == 1
    assert "1 keys of `history` are null, have no time, or stand in several rows" in ended.stderr
    assert len(versions(folder)) == 2


def test_a_new_column_is_kept_from_then_on(coterie: Fresh, write: Write) -> None:
    folder = write(project(CHECK))
    on(coterie, folder, "01")
    sources = folder / "models/_s.yml"
    sources.write_text(
        sources.read_text().replace("{name: changed_at", "{name: country, data_type: varchar}, {name: changed_at")
    )
    (folder / "data/people.csv").write_text("id,city,country,changed_at\n1,Lyon,FR,2026-01-02\n2,Bray,IE,2025-12-02\n")
    on(coterie, folder, "02")
    assert versions(folder, ", country") == [
        (1, "Cork", "01-01", "01-02", None),
        (1, "Lyon", "01-02", None, "FR"),
        (2, "Bray", "01-01", None, None),
    ]


def test_what_is_still_valid_may_have_an_end_of_its_own_and_columns_other_names(coterie: Fresh, write: Write) -> None:
    files = project(CHECK)
    files["snapshots/_s.yml"] = files["snapshots/_s.yml"].replace(
        "check_cols: city",
        "check_cols: city, dbt_valid_to_current: \"timestamp '9999-12-31'\", "
        "snapshot_meta_column_names: {dbt_valid_to: valid_until}",
    )
    folder = write(files)
    on(coterie, folder, "01")
    on(coterie, folder, "02", "1,Sligo,2026-01-01\n2,Bray,2025-12-02\n")
    found = rows(folder, "select id, city, valid_until::date::varchar from history order by all")
    assert found == [(1, "Cork", "2026-01-02"), (1, "Sligo", "9999-12-31"), (2, "Bray", "9999-12-31")]


def test_models_and_tests_read_a_snapshot_like_any_table(coterie: Fresh, write: Write) -> None:
    files = project(CHECK)
    files["snapshots/_s.yml"] = files["snapshots/_s.yml"].replace(
        "config:", "columns: [{name: dbt_scd_id, data_tests: [unique, not_null]}], config:"
    )
    files["models/current.sql"] = "select id, city from {{ ref('history') }} where dbt_valid_to is null"
    folder = write(files)
    ended = on(coterie, folder, "01")
    assert "2 tests" in ended.stderr
    assert coterie(folder, "check").exit_code == 0
    assert rows(folder, "from current order by all") == [(1, "Cork"), (2, "Bray")]
