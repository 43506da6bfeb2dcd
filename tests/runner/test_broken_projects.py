"""Every mistake is told where it stands, with its remedy and the right exit code.

A case is a folder in tests/projects/broken with one mistake and an `expected.yml`:
`command`, `exit`, `error` (how the first error begins), and, where they matter, `words` (all in that
line), `hint` (in a hint below it), `called_from`, `output` (also said), `never` (nowhere said).
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from fresh import Ended, Fresh

BROKEN = Path(__file__).parents[1] / "projects" / "broken"
CASES = sorted(path.parent.name for path in BROKEN.glob("*/expected.yml"))
ERROR = re.compile(r"(?:(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): )?[eE]rror: (?P<message>.*)")
ROWS_FOLLOW = re.compile(r"(unit )?test ")
WIDTH = 140
MOST_TO_THE_LEFT = 100


@pytest.mark.parametrize("case", CASES)
def test_the_mistake_is_told_where_it_stands(case: str, tmp_path: Path, coterie: Fresh) -> None:
    folder = copy_of(case, tmp_path)
    expected = expectation(case)
    ended = coterie(folder, *shlex.split(expected["command"]))
    told = ended.stdout + ended.stderr
    assert ended.exit_code == expected["exit"], told
    first = next(filter(ERROR.match, ended.stderr.splitlines()), "no error at all")
    assert first.startswith(expected["error"]), told
    assert all(word in first for word in expected.get("words", [])), told
    assert_remedy(expected, ended)
    assert all(words in ended.stderr for words in expected.get("output", [])), told
    assert not any(words in told for words in expected.get("never", [])), told
    assert "Traceback" not in told
    assert ended.stdout == ""
    for place in places(ended.stderr.splitlines()):
        assert_excerpt(folder, place)


def test_a_process_started_by_hand_says_the_same(tmp_path: Path, coterie: Fresh) -> None:
    folder = copy_of("unknown_column", tmp_path)
    command = [sys.executable, "-m", "runner.cli", "check"]
    by_hand = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    forked = coterie(folder, "check")
    assert (by_hand.returncode, by_hand.stdout, by_hand.stderr) == (forked.exit_code, forked.stdout, forked.stderr)


def test_each_case_has_one_mistake_and_says_which() -> None:
    for case in CASES:
        expected = expectation(case)
        known = {
            "command", "exit", "error", "words", "hint", "called_from", "output", "never",
        }  # fmt: skip
        assert set(expected) <= known, case
        assert expected["exit"] in (1, 2, 3), case
        assert "rror" in expected["error"], case


def test_there_is_a_case_for_every_exit_code_and_verb() -> None:
    expectations = [expectation(case) for case in CASES]
    assert {each["exit"] for each in expectations} == {1, 2, 3}
    verbs = {each["command"].split()[0] for each in expectations}
    assert {"check", "ls", "show", "build", "test"} <= verbs


def copy_of(case: str, tmp_path: Path) -> Path:
    """The case without what it expects, so that no command can read it."""
    folder = tmp_path / "shop"
    shutil.copytree(BROKEN / case, folder, ignore=shutil.ignore_patterns("expected.yml"))
    return folder


def expectation(case: str) -> dict[str, Any]:
    return dict(yaml.safe_load((BROKEN / case / "expected.yml").read_text(encoding="utf-8")))


def assert_remedy(expected: dict[str, Any], ended: Ended) -> None:
    lines = ended.stderr.splitlines()
    if "hint" in expected:
        hints = [line for line in lines if line.startswith("  hint: ")]
        assert any(expected["hint"] in line for line in hints), ended.stderr
    if "called_from" in expected:
        assert f"  called from {expected['called_from']}" in lines, ended.stderr


@dataclass(frozen=True)
class Told:
    """A place that was told, and the two lines below it."""

    path: str
    line: int
    column: int
    message: str
    below: tuple[str, ...]


def places(lines: list[str]) -> Iterator[Told]:
    for at, line in enumerate(lines):
        found = ERROR.match(line)
        if found and found["path"]:
            below = (*lines[at + 1 : at + 3], "", "")
            row, column = int(found["line"]), int(found["column"])
            yield Told(found["path"], row, column, found["message"], below[:2])


def assert_excerpt(folder: Path, told: Told) -> None:
    """The path is relative to the project; the line is shown, the caret stands at the column."""
    if told.path.startswith("--"):
        return
    assert not Path(told.path).is_absolute()
    raw = (folder / told.path).read_bytes()
    try:
        lines = raw.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        return
    assert 1 <= told.line <= len(lines)
    line = lines[told.line - 1].rstrip("\r")
    assert 1 <= told.column <= len(line) + 1
    if line.strip() and not ROWS_FOLLOW.match(told.message):
        start = max(0, told.column - MOST_TO_THE_LEFT)
        shown = line.replace("\t", " ")[start : start + WIDTH].rstrip()
        assert told.below[0] == "    " + shown
        assert told.below[1] == "    " + " " * (told.column - 1 - start) + "^"
