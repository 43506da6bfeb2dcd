"""The same files and the same clock give the same tables, with any number of threads."""

from __future__ import annotations

from pathlib import Path

import pytest
from processes import REPOSITORY, SMALL, built, ended, query, started

Checksums = dict[str, tuple[int, int]]


def checksums(target: Path) -> Checksums:
    """By published table: how many rows, and a sum over their hashes, which knows no order."""
    tables = query(
        target,
        "select schema_name || '.' || table_name from duckdb_tables() "
        "where schema_name <> '_coterie' and table_name <> 'about' order by all",
    )
    return {
        name: query(target, f"select count(*), sum(hash(each)::hugeint) from {name} as each")[0] for (name,) in tables
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


def apart(verb: str, *arguments: str) -> None:
    """A verb of Coterie's own project, in a Python of its own: it may take long."""
    outcome = ended(started(verb, *arguments, project=REPOSITORY))
    assert outcome.exit_code == 0, outcome.stderr


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo shop of 500 customers."""
    folder = tmp_path_factory.mktemp("shop")
    folders = ("--output", str(folder / "store"), "--truth", str(folder / "truth"))
    apart("demo", "--customers", "500", *folders)
    return folder / "store"


def test_the_demo_shop_is_the_same_with_any_number_of_threads_and_when_rebuilt(shop: Path, tmp_path: Path) -> None:
    given = ("--vars", f"{{store: generic, store_path: '{shop}'}}")
    for threads in ("1", "4"):
        apart("build", *given, "--target-dir", str(tmp_path / threads), "--threads", threads)
    one, four = checksums(tmp_path / "1"), checksums(tmp_path / "4")
    assert one["marts.customer_360"][0] > 300
    assert differing(one, four) == []
    apart("build", *given, "--target-dir", str(tmp_path / "4"), "--threads", "4")
    assert differing(one, checksums(tmp_path / "4")) == []
