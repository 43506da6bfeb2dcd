"""docs/coverage.md lists every requirement once, and names only what is there."""

import os
import re
from pathlib import Path

import pytest

from runner.project import load_project

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/coverage.md").read_text(encoding="utf-8")
LAST = {"R0": 32, "R1": 34, "R2": 17, "R4": 11}
LINES = [line for line in PAGE.splitlines() if re.match(r"\| R[0124]\.", line)]
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in LINES]
NAME = re.compile(r"`(\w+)`")


@pytest.fixture(scope="module")
def project():
    here = Path.cwd()
    os.chdir(ROOT)
    yield load_project({}, {})
    os.chdir(here)


@pytest.fixture(scope="module")
def tables(project):
    return project.models.keys() | project.seeds.keys() | project.snapshots.keys()


@pytest.fixture(scope="module")
def tests(project):
    singular = {path.stem for path in (ROOT / "tests/data").rglob("*.sql")}
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return project.unit_tests.keys() | singular | set(re.findall(r"^def (test_\w+)", written, re.MULTILINE))


def test_every_requirement_is_listed_once_and_in_order():
    numbers = [row[0] for row in ROWS]
    assert numbers == [f"{part}.{number:02}" for part, last in LAST.items() for number in range(1, last + 1)]


def test_a_row_names_models_segments_and_tests_that_are_there(tables, tests, project):
    segments = set(project.vars["segments"])
    for number, _, its_models, its_segments, its_tests, _ in ROWS:
        assert not set(NAME.findall(its_models)) - tables, number
        assert not set(NAME.findall(its_segments)) - segments, number
        assert not set(NAME.findall(its_tests)) - tests, number


def test_what_is_built_has_a_test_and_the_rest_says_what_is_coming():
    assert not [row[0] for row in ROWS if not row[4] and not row[5]]
    assert not [row[0] for row in ROWS if (row[2] or row[3]) and not row[4]]


def test_every_segment_is_named(project):
    assert not set(project.vars["segments"]) - set(NAME.findall(PAGE))


def test_the_rest_of_the_page_names_what_is_there_too(tables, tests, project):
    known = tables | tests | set(project.vars["segments"])
    rest = "\n".join(line for line in PAGE.splitlines() if line.startswith("| R6."))
    assert not set(NAME.findall(rest)) - known
