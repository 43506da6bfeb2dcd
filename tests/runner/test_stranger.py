"""A dbt project as a stranger wrote it runs as it is. Expected rows are worked out by hand from its seeds."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import rows
from fresh import Fresh

STRANGER = Path(__file__).parents[1] / "projects" / "stranger"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, coterie: Fresh) -> Path:
    folder = tmp_path_factory.mktemp("stranger") / "workshop"
    shutil.copytree(STRANGER, folder)
    ended = coterie(folder, "build")
    assert ended.exit_code == 0, ended.stderr
    return folder


def test_nothing_is_wrong_with_it(built: Path, coterie: Fresh) -> None:
    ended = coterie(built, "check")
    assert (ended.exit_code, ended.stderr) == (0, "9 models and 21 tests are sound\n")


def test_its_unit_tests_pass(built: Path, coterie: Fresh) -> None:
    assert "1 unit tests passed, 0 failed" in coterie(built, "test", "test_type:unit").stderr


def test_a_project_file_of_ours_is_enough_too(tmp_path: Path, coterie: Fresh) -> None:
    folder = tmp_path / "workshop"
    shutil.copytree(STRANGER, folder)
    (folder / "project.yml").write_text(
        (folder / "dbt_project.yml").read_text() + "serve: {include: [reporting_tables]}\n"
    )
    ended = coterie(folder, "build")
    assert ended.exit_code == 0, ended.stderr
    assert (folder / "target/serve/coterie.duckdb").exists()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # the schema of their generate_schema_name, the alias, the var of the project's own scope
        ("select min(day), max(day), count(*) from reporting_tables.days", [(date(2025, 3, 1), date(2025, 3, 7), 7)]),
        # 100: 45.00 + 10.00; VAT is 10, the project's own word, not 20
        ("select repair_id, total, total_with_vat, total_with_vat_rounded from reporting_tables.invoices order by 1",
         [(100, Decimal(55), 60.5, 61), (101, Decimal("129.90"), 142.89, 143), (103, Decimal("15.50"), 17.05, 17),
          (104, Decimal("82.50"), 90.75, 91)]),
        ("select distinct settings_json, setting_count from reporting_tables.invoices", [('["total", "by_card"]', 2)]),
        ("select repair_id, by_card, by_cash, by_voucher from reporting_tables.payments_by_kind order by 1",
         [(100, 45, 0, 10), (101, 0, Decimal("129.90"), 0), (103, Decimal("15.50"), 0, 0),
          (104, 80, Decimal("2.50"), 0)]),
        # Ada's bikes are 10 and 11, so the repairs 100, 101 and 104; Dov has none
        ("select owner_id, label, repair_count, open_count, done_count, cancelled_count, built_in, is_executed "
         "from reporting_tables.owner_summary order by 1",
         [(1, "Ada of Linz", 3, 0, 3, 0, "main", 1), (2, "Ben of Graz", 2, 1, 0, 1, "main", 1),
          (3, "Cleo of Linz", 1, 0, 1, 0, "main", 1), (4, "Dov of unknown", 0, 0, 0, 0, "main", 1)]),
        # 9:00 to 17:30 the next day crosses 32 full hours; Saturday the first to Sunday the second crosses a week
        ("select hours_taken, weeks_taken, opened_month, promised_at, warranty_until, month_end, bike_code "
         "from main.stg_repairs where repair_id = 100",
         [(32, 1, datetime(2025, 3, 1), datetime(2025, 3, 15, 9), datetime(2025, 6, 1, 9), date(2025, 3, 31), "10")]),
        # `target.name` is prod: April is there too
        ("select count(*), count(hours_taken) from main.stg_repairs", [(6, 4)]),
        ("select payment_id, amount from main.stg_payments where amount < 12", [(2, 10), (6, Decimal("2.50"))]),
        ("select * from reporting_tables.odds_and_ends",
         [(2, 6, 10, 7, 1, 4, "{{ kept }}", "x", "123", 3, "False", "reporting_tables.odds_and_ends", "[1, 2]", "32")]),
        # what a test found, kept as their data_tests settings ask: vouchers below 1 in all but one
        ("select repair_id from dbt_test__audit.is_at_least_payments_by_kind_by_voucher_1 order by 1",
         [(101,), (103,), (104,)]),
        # their generate_schema_name has a word on `schema`, none on the older `target_schema`
        ("select repair_id, state, dbt_valid_from, year(dbt_valid_to) from history_views.repair_states "
         "where repair_id in (100, 102) order by 1",
         [(100, "done", datetime(2025, 3, 1, 9), 9999), (102, "open", datetime(2025, 3, 8, 8, 45), 9999)]),
        ("select count(*), count(distinct dbt_scd_id), count(dbt_valid_to) from archive.owner_towns", [(4, 4, 0)]),
        ("select count(*) from duckdb_views() where view_name in ('stg_owners', 'stg_payments')", [(2,)]),
        # whole numbers without a type are INTEGER in dbt
        ("select data_type from duckdb_columns() where table_name = 'raw_owners' and column_name = 'owner_id'",
         [("INTEGER",)]),
    ],
)  # fmt: skip
def test_its_tables_hold_what_they_should(built: Path, query: str, expected: list[tuple[object, ...]]) -> None:
    assert rows(built, query) == expected


def test_its_tests_warn_where_dbt_warns(built: Path, coterie: Fresh) -> None:
    ended = coterie(built, "test")
    assert ended.exit_code == 0
    assert "warning: test not_null_stg_owners_town: 1 failing row" in ended.stderr
    # `limit: 2` of three
    assert "warning: test is_at_least_payments_by_kind_by_voucher_1: 2 failing rows" in ended.stderr
    assert "19 ok, 2 warned" in ended.stderr
