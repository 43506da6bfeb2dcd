"""The judge of parity: it must see what differs before its "equal" means anything."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.dbt_parity.comparison import Comparison, compare_warehouses

EQUAL = "select 1 as id, 2.5::decimal(18,4) as amount, 0.1::double as share"


def compared(folder: Path, ours: str, theirs: str, tolerances: dict[str, float] | None = None) -> Comparison:
    for name, query in (("coterie", ours), ("dbt", theirs)):
        with duckdb.connect(str(folder / name)) as connection:
            connection.execute("create schema marts")
            connection.execute(f"create table marts.orders as {query}")
    (only,) = compare_warehouses(folder / "coterie", folder / "dbt", ("marts",), tolerances or {})
    return only


def test_the_same_rows_in_another_order_are_equal(tmp_path: Path) -> None:
    rows = "select range as id from range(3)"
    assert compared(tmp_path, rows, f"{rows} order by id desc").is_equal


@pytest.mark.parametrize(
    "theirs",
    [
        EQUAL.replace("1 as id", "2 as id"),
        EQUAL.replace("0.1::", "0.1000001::"),
        EQUAL.replace("1 as id", "null::integer as id"),
        f"{EQUAL} union all {EQUAL}",
        f"{EQUAL} limit 0",
    ],
)
def test_a_row_that_differs_or_stands_twice_is_seen(tmp_path: Path, theirs: str) -> None:
    comparison = compared(tmp_path, EQUAL, theirs)
    assert not comparison.is_equal
    assert comparison.only_in_coterie + comparison.only_in_dbt > 0
    assert comparison.examples


def test_another_type_or_column_is_a_complaint(tmp_path: Path) -> None:
    comparison = compared(tmp_path, EQUAL, EQUAL.replace("18,4", "18,2"))
    assert comparison.complaint == (
        "columns differ: amount DECIMAL(18,4) only in coterie, amount DECIMAL(18,2) only in dbt"
    )


@pytest.mark.parametrize(("theirs", "is_equal"), [("0.1000000001", True), ("0.100000002", False), ("null", False)])
def test_a_declared_tolerance_forgives_up_to_itself(tmp_path: Path, theirs: str, is_equal: bool) -> None:
    near = EQUAL.replace("0.1::", f"{theirs}::")
    assert compared(tmp_path, EQUAL, near, {"orders": 1e-9}).is_equal == is_equal


def test_a_tolerance_is_for_doubles_alone(tmp_path: Path) -> None:
    theirs = EQUAL.replace("2.5::", "2.5001::")
    assert not compared(tmp_path, EQUAL, theirs, {"orders": 1.0}).is_equal


def test_a_table_on_one_side_only_is_a_complaint(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "coterie")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.orders as select 1 as id")
    with duckdb.connect(str(tmp_path / "dbt")) as connection:
        connection.execute("create schema marts")
    (only,) = compare_warehouses(tmp_path / "coterie", tmp_path / "dbt", ("marts",), {})
    assert only.complaint == "only coterie made it"
