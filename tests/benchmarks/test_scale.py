"""The parts of the scale benchmark that can be told without a large shop."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from benchmarks.loglog import exponent
from benchmarks.scale import days
from benchmarks.scale.report import Step, of_events

ROWS = """
    select * from (values
        ('o1', timestamp '2026-10-30 10:00:00', timestamp '2026-10-31 02:59:59'),
        ('o2', timestamp '2026-10-31 10:00:00', timestamp '2026-11-01 03:00:00'),
        ('o3', timestamp '2026-10-30 10:00:00', null)
    ) as orders(order_id, ordered_at, _loaded_at)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"copy ({ROWS}) to '{folder}/orders-00000.parquet'")
        connection.execute(f"copy ({ROWS} where order_id <> 'o2') to '{folder}/orders-00001.parquet'")
        connection.execute(f"copy ({ROWS} where order_id = 'o2') to '{folder}/products.parquet'")
    return folder


def ids(pattern: str) -> list[str]:
    with duckdb.connect() as connection:
        return [row[0] for row in connection.execute(f"select order_id from '{pattern}' order by all").fetchall()]


def test_a_shop_is_split_by_when_its_rows_came_in(shop: Path, tmp_path: Path) -> None:
    before, after = days.split(shop, tmp_path / "delivered", date(2026, 10, 31))
    assert ids(f"{before}/orders-*.parquet") == ["o1", "o1", "o3", "o3"]
    assert ids(f"{before}/products.parquet") == ["o2"]  # the state of today, all of it
    assert [file.name for file in after.iterdir()] == ["orders-2026-10-31.parquet"]
    assert ids(f"{after}/orders-*.parquet") == ["o2"]
    assert days.arrive(after, before) > 0
    assert ids(f"{before}/orders-*.parquet") == ["o1", "o1", "o2", "o3", "o3"]


def test_a_file_without_late_rows_stays_the_same_file(shop: Path, tmp_path: Path) -> None:
    before, _ = days.split(shop, tmp_path / "delivered", date(2026, 10, 31))
    assert (before / "orders-00001.parquet").samefile(shop / "orders-00001.parquet")


def test_steps_of_events_are_told_by_what_they_read() -> None:
    names = ("stg_web_events", "unique_visitor_days", "visitor_months", "order_facts", "account_message_days")
    steps = {name: Step(name, "model", "ok", "new", 1.0, 1) for name in names}
    assert [each.name for each in of_events(steps)] == ["stg_web_events", "unique_visitor_days", "account_message_days"]


def test_an_exponent_of_one_is_linear() -> None:
    assert exponent([(10, 2.0), (100, 20.0), (1000, 200.0)]) == pytest.approx(1)
    assert exponent([(10, 2.0), (100, 200.0)]) == pytest.approx(2)
