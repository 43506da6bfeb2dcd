"""The command line in processes of its own, as people and schedulers run it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = REPOSITORY / "tests" / "projects" / "small"
HANG = 300
"""Seconds after which something hangs; no test measures time."""

Ended = subprocess.CompletedProcess[str]


def coterie(*arguments: str, project: Path = SMALL, **options: Any) -> Ended:
    """Run one verb to its end."""
    return subprocess.run(
        _command(project, arguments),
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=HANG,
        **options,
    )


def started(*arguments: str, project: Path = SMALL) -> subprocess.Popen[str]:
    """Start one verb and return while it runs."""
    return subprocess.Popen(
        _command(project, arguments),
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _command(project: Path, arguments: tuple[str, ...]) -> list[str]:
    verb, *rest = arguments
    return [sys.executable, "-m", "runner.cli", verb, "--project-dir", str(project), *rest]


def built(target: Path, *arguments: str, project: Path = SMALL) -> Ended:
    """A build that must succeed."""
    ended = coterie("build", "--target-dir", str(target), *arguments, project=project)
    assert ended.returncode == 0, ended.stderr
    return ended


def stamped(number: int, **more: Any) -> tuple[str, str]:
    """Vars of the small project: every published table carries the number."""
    given = {"build_stamp": number} | more
    return "--vars", "{" + ", ".join(f"{name}: {value}" for name, value in given.items()) + "}"


def write_project(folder: Path, files: Mapping[str, str]) -> Path:
    """A project of exactly these files; without a project.yml, of a minimal one."""
    for name, text in ({"project.yml": "name: tiny\n"} | dict(files)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def query(target: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the published file."""
    path = target / "serve" / "coterie.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + HANG
    while not is_so():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)


def is_locked(warehouse: Path) -> bool:
    """Does a build hold it? Asked from another process: this one must not become a holder."""
    program = "import duckdb, sys; duckdb.connect(sys.argv[1], read_only=True)"
    command = [sys.executable, "-c", program, str(warehouse)]
    asked = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    return "lock" in asked.stderr


def assert_no_traceback(ended: Ended) -> None:
    assert "Traceback" not in ended.stderr, ended.stderr
