"""The command line in processes of its own, as people and schedulers run it."""

from __future__ import annotations

import atexit
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fresh import Ended, Fresh

REPOSITORY = Path(__file__).resolve().parents[2]
SMALL = REPOSITORY / "tests" / "projects" / "small"
HANG = 600
"""Seconds after which something hangs; no test measures time."""


def coterie(*arguments: str, project: Path = SMALL) -> Ended:
    """Run one verb to its end."""
    return _fresh()(REPOSITORY, *_words(project, arguments))


@cache
def _fresh() -> Fresh:
    fresh = Fresh()
    atexit.register(fresh.close)
    return fresh


LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


def started(*arguments: str, project: Path = SMALL, largest_file: int | None = None) -> subprocess.Popen[str]:
    """Start one verb in a Python of its own and return while it runs."""
    words = ["-m", "runner.cli", *_words(project, arguments)]
    if largest_file is not None:
        words = ["-c", LIMITED, str(largest_file), *words]
    return subprocess.Popen(
        [sys.executable, *words], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen[str], within: int = HANG) -> Ended:
    """What became of a process that was started; one that hangs is ended and fails the test."""
    try:
        stdout, stderr = process.communicate(timeout=within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail(f"the process went on for {within} seconds")
    return Ended(process.returncode, stdout, stderr)


def _words(project: Path, arguments: tuple[str, ...]) -> tuple[str, ...]:
    verb, *rest = arguments
    return (verb, "--project-dir", str(project), *rest)


def built(target: Path, *arguments: str, project: Path = SMALL) -> Ended:
    """A build that must succeed."""
    outcome = coterie("build", "--target-dir", str(target), *arguments, project=project)
    assert outcome.exit_code == 0, outcome.stderr
    return outcome


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


def assert_no_traceback(outcome: Ended) -> None:
    assert "Traceback" not in outcome.stderr, outcome.stderr
