"""The published versions beside each other, and the way back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Write
from fresh import Ended, Fresh

SHOP = {
    "project.yml": "name: shop\nvars: {n: 1}\nmodels: {+materialized: table, +schema: marts}\n"
    "serve: {path: target/serve, include: [marts], keep: 3}\n",
    "models/m.sql": "select {{ var('n') }} as n",
}


def published(coterie: Fresh, folder: Path, number: int) -> Ended:
    ended = coterie(folder, "build", "--vars", f"{{n: {number}}}")
    assert ended.exit_code == 0, ended.stderr
    return ended


def seen(folder: Path) -> list[tuple[int]]:
    """By a reader who opens the link now, of the file and of the Parquet tree."""
    import duckdb

    with duckdb.connect(str(folder / "target/serve/coterie.duckdb"), read_only=True) as connection:
        found = connection.execute("from marts.m").fetchall()
        assert found == connection.execute(f"from '{folder}/target/serve/parquet/marts/m.parquet'").fetchall()
    return found


@pytest.fixture
def folder(coterie: Fresh, write: Write) -> Path:
    place = write(SHOP)
    for number in (1, 2, 3):
        published(coterie, place, number)
    return place


def listed(coterie: Fresh, folder: Path) -> list[str]:
    lines = coterie(folder, "publish", "--list").stdout.splitlines()[2:]
    return [line.split()[0] + ("*" if "readers open this" in line else "") for line in lines]


def test_the_list_shows_the_newest_first_and_what_readers_open(coterie: Fresh, folder: Path) -> None:
    runs = listed(coterie, folder)
    assert len(runs) == 3
    assert runs[0].endswith("*")
    assert sorted(runs, reverse=True) == runs


def test_rollback_goes_one_back_or_to_a_run(coterie: Fresh, folder: Path) -> None:
    runs = [each.rstrip("*") for each in listed(coterie, folder)]
    assert coterie(folder, "publish", "--rollback").exit_code == 0
    assert seen(folder) == [(2,)]
    assert coterie(folder, "publish", "--rollback").exit_code == 0
    assert seen(folder) == [(1,)]
    nothing = coterie(folder, "publish", "--rollback")
    assert nothing.exit_code == 2
    assert "no earlier version is kept" in nothing.stderr
    assert coterie(folder, "publish", "--rollback", runs[0]).exit_code == 0
    assert seen(folder) == [(3,)]


def test_a_run_that_is_not_kept_is_refused_by_name(coterie: Fresh, folder: Path) -> None:
    ended = coterie(folder, "publish", "--rollback", "20200101T000000000000Z")
    assert ended.exit_code == 2
    assert "no published version is of the run `20200101T000000000000Z`" in ended.stderr
    assert seen(folder) == [(3,)]


def test_the_next_build_moves_on_from_a_rollback(coterie: Fresh, folder: Path) -> None:
    coterie(folder, "publish", "--rollback")
    published(coterie, folder, 4)
    assert seen(folder) == [(4,)]


def test_publish_without_more_publishes_what_stands(coterie: Fresh, folder: Path) -> None:
    ended = coterie(folder, "build", "--vars", "{n: 5}", "--no-publish")
    assert ended.exit_code == 0
    assert seen(folder) == [(3,)]
    stale = coterie(folder, "publish", "--vars", "{n: 6}")
    assert stale.exit_code == 1
    assert "of another state" in stale.stderr
    assert coterie(folder, "publish", "--vars", "{n: 5}").exit_code == 0
    assert seen(folder) == [(5,)]


def test_the_version_that_readers_open_is_never_removed(coterie: Fresh, folder: Path) -> None:
    settings = folder / "project.yml"
    settings.write_text(settings.read_text().replace("keep: 3", "keep: 1, min_age_hours: 0"))
    coterie(folder, "publish", "--rollback")
    current = (folder / "target/serve/coterie.duckdb").resolve()
    shutil.rmtree(folder / "target/serve" / "nothing", ignore_errors=True)
    assert current.exists()
    assert seen(folder) == [(2,)]


def test_nothing_changed_publishes_nothing_new(coterie: Fresh, folder: Path) -> None:
    before = listed(coterie, folder)
    assert "nothing to publish" in published(coterie, folder, 3).stderr
    assert listed(coterie, folder) == before


def test_a_project_that_publishes_nothing_says_so(coterie: Fresh, write: Write) -> None:
    place = write({"project.yml": "name: shop\n", "models/m.sql": "select 1 as i"})
    ended = coterie(place, "publish", "--list")
    assert ended.exit_code == 2
    assert "publishes nothing" in ended.stderr
