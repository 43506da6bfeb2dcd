"""Small projects, written by each test in its own folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fresh import Fresh
from hypothesis import settings

from runner.compile import Manifest, compile_project
from runner.project import load_project

# how long an example takes depends on who else uses the machine
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

# whoever runs the tests on GitHub must not hear their failures as its own
for name in [each for each in os.environ if each.startswith("GITHUB_")]:
    del os.environ[name]

Files = Mapping[str, str]
Shop = Callable[..., Manifest]
Write = Callable[[Files], Path]


@pytest.fixture(scope="session")
def coterie() -> Iterator[Fresh]:
    """Runs `coterie …` in a folder, each time in a process of its own."""
    fresh = Fresh()
    yield fresh
    fresh.close()


def lay_out(folder: Path, files: Files) -> None:
    """These files in the folder, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files into the test's folder; `project.yml` names the project `shop` if not given."""

    def written(files: Files) -> Path:
        for path, text in {"project.yml": "name: shop\n", **files}.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        return tmp_path

    return written


@pytest.fixture
def shop(write: Write, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Compiles a project of the given files; the test goes on in its folder."""

    def compiled(
        files: Files, overrides: Mapping[str, Any] | None = None, env: Mapping[str, str] | None = None
    ) -> Manifest:
        monkeypatch.chdir(write(files))
        return compile_project(load_project(overrides or {}, env or {}))

    return compiled


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What stands in the warehouse that was built in a folder."""
    path = str(folder / "target" / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()
