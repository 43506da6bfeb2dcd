"""The same files and the same clock give the same tables, with any number of threads."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes import REPOSITORY, SMALL, built, coterie, query

Checksums = dict[str, tuple[int, int]]


def checksums(target: Path) -> Checksums:
    """By published table: how many rows, and a sum over their hashes, which knows no order."""
    tables = query(
        target,
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where table_name not in ('about', 'records') order by all",
    )
    return {
        name: query(target, f"select count(*), sum(hash(each)::hugeint) from {name} as each")[0]
        for (name,) in tables
    }


def differing(one: Checksums, another: Checksums) -> list[str]:
    return sorted(name for name in one | another if one.get(name) != another.get(name))


def test_the_number_of_threads_changes_nothing(tmp_path: Path) -> None:
    for threads in ("1", "4"):
        built(tmp_path / threads, "--threads", threads, project=SMALL)
    one, four = checksums(tmp_path / "1"), checksums(tmp_path / "4")
    assert len(one) == 8
    assert differing(one, four) == []


def test_a_rebuild_changes_nothing(tmp_path: Path) -> None:
    built(tmp_path)
    first = checksums(tmp_path)
    built(tmp_path)
    assert differing(first, checksums(tmp_path)) == []


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo shop of 500 customers."""
    folder = tmp_path_factory.mktemp("shop")
    ended = coterie(
        "demo",
        *("--customers", "500"),
        *("--output", str(folder / "store")),
        *("--truth", str(folder / "truth")),
        project=REPOSITORY,
    )
    assert ended.returncode == 0, ended.stderr
    return folder / "store"


def test_the_demo_shop_is_the_same_with_any_number_of_threads_and_when_rebuilt(
    shop: Path, tmp_path: Path
) -> None:
    given = ("--vars", f"{{store: generic, store_path: '{shop}'}}")
    built(tmp_path / "1", *given, "--threads", "1", project=REPOSITORY)
    built(tmp_path / "4", *given, "--threads", "4", project=REPOSITORY)
    one, four = checksums(tmp_path / "1"), checksums(tmp_path / "4")
    assert one["marts.customer_360"][0] > 300
    assert differing(one, four) == []
    built(tmp_path / "4", *given, "--threads", "4", project=REPOSITORY)
    assert differing(one, checksums(tmp_path / "4")) == []
