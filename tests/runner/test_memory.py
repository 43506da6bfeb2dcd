"""What `warehouse:` says of memory and disk reaches the engine, and who needs more fails alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from conftest import Shop, Write, rows
from fresh import Ended, Fresh

from runner import building, outlook, targets
from runner.execute import SAMPLE_ROWS, Result

SETTINGS = ("memory_limit", "temp_directory", "max_temp_directory_size", "threads")
MODEL = "select " + ", ".join(f"current_setting('{name}')::varchar as {name}" for name in SETTINGS)


def project(*settings: str) -> str:
    lines = "".join(f"  {line}\n" for line in settings)
    return f"name: shop\nmodels: {{+materialized: table}}\nwarehouse:\n{lines}"


def test_the_settings_are_what_a_model_sees(write: Write, coterie: Fresh) -> None:
    settings = project("memory_limit: 256MiB", "temp_directory: spill", "max_temp_directory_size: 512MiB", "threads: 3")
    folder = write({"project.yml": settings, "models/seen.sql": MODEL})
    assert coterie(folder, "build").exit_code == 0
    assert rows(folder, "from main.seen") == [("256.0 MiB", "spill", "512.0 MiB", "3")]


def test_the_folder_of_temporary_files_moves_with_the_target(write: Write, coterie: Fresh) -> None:
    folder = write({"project.yml": project("memory_limit: 256MiB"), "models/seen.sql": MODEL})
    assert coterie(folder, "build", "--target-dir", "elsewhere").exit_code == 0
    with duckdb.connect(str(folder / "elsewhere" / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute("select temp_directory from main.seen").fetchall()
    assert found == [(str(folder / "elsewhere" / "tmp"),)]


OTHERS = {
    "models/after_greedy.sql": "select count(*) as n from {{ ref('greedy') }}",
    "models/before.sql": "select range as id from range(1000)",
    "models/modest.sql": "select count(*) as n from {{ ref('before') }}",
}


def fails_alone(folder: Path, ended: Ended) -> None:
    assert ended.exit_code == 3, ended.stderr
    assert "models/greedy.sql:1:1: error: it needs more memory" in ended.stderr
    assert "2 ok, 1 failed, 1 skipped" in ended.stderr
    assert rows(folder, "select n from main.modest") == [(1000,)]


def test_a_model_that_needs_more_memory_fails_alone(write: Write, coterie: Fresh) -> None:
    # a list cannot go to disk: of 4 million numbers it is 32 MB in one piece
    greedy = "select list(range) as numbers from range(4000000)"
    files = {"project.yml": project("memory_limit: 40MB"), "models/greedy.sql": greedy, **OTHERS}
    folder = write(files)
    ended = coterie(folder, "build")
    fails_alone(folder, ended)
    assert "raise warehouse.memory_limit in project.yml" in ended.stderr


def test_a_model_that_spills_more_than_it_may_fails_alone(write: Write, coterie: Fresh) -> None:
    # hashes do not compress: 5 million rows to sort are 80 MB, of which 40 stay in memory
    greedy = "select range as id, hash(range) as mixed from range(5000000) order by mixed"
    settings = project("memory_limit: 40MB", "max_temp_directory_size: 1MB", "threads: 1")
    folder = write({"project.yml": settings, "models/greedy.sql": greedy, **OTHERS})
    ended = coterie(folder, "build")
    fails_alone(folder, ended)
    assert "raise warehouse.max_temp_directory_size in project.yml" in ended.stderr


@pytest.mark.parametrize(("failing", "kept"), [(SAMPLE_ROWS - 1, SAMPLE_ROWS - 1), (100_000, SAMPLE_ROWS)])
def test_a_few_failing_rows_are_kept_however_many_there_are(shop: Shop, failing: int, kept: int) -> None:
    manifest = shop(
        {
            "models/numbers.sql": f"select range as id from range({failing})",
            "tests/there_are_no_numbers.sql": "select * from {{ ref('numbers') }}",
        }
    )
    target = targets.target_of(manifest.project.file, None, None)
    events = list(building.build(manifest, target, outlook.Request()))
    failed = [each for each in events if isinstance(each, Result) and each.status == "failed"]
    assert [each.failures for each in failed] == [failing]
    assert [len(each.sample) for each in failed] == [kept]
