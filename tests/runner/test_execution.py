"""How a plan is carried out: in which order, what a failure stops, and what is said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from fresh import Ended
from processes import assert_no_traceback, built, coterie, stamped, write_project

STEP = re.compile(
    r"^ *(?P<at>\d+)/(?P<total>\d+) (?P<status>\w+) +(?P<kind>\w+) +(?P<name>\S+)"
    r"(?: +because of (?P<because>\S+))?",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Line:
    """One line of progress."""

    status: str
    kind: str
    name: str
    because: str | None


def progress(ended: Ended) -> list[Line]:
    return [
        Line(found["status"], found["kind"], found["name"].rpartition(".")[2], found["because"])
        for found in STEP.finditer(ended.stderr)
    ]


def fate(ended: Ended) -> dict[str, str]:
    """By name: ok, failed, or `skipped because of …`."""
    return {
        line.name: f"skipped because of {line.because}" if line.because else line.status for line in progress(ended)
    }


def build(tmp_path: Path, files: dict[str, str], *arguments: str) -> Ended:
    project = write_project(tmp_path / "project", files)
    ended = coterie("build", "--target-dir", str(tmp_path / "target"), *arguments, project=project)
    assert_no_traceback(ended)
    return ended


READS = {
    "order_facts": {"stg_orders", "stg_customers"},
    "customer_orders": {"order_facts"},
    "country_revenue": {"order_facts", "countries"},
    "seg_big_spender": {"customer_orders"},
    "seg_one_timer": {"customer_orders"},
    "segment_membership": {"seg_big_spender", "seg_one_timer"},
    "segment_sizes": {"segment_membership", "segment_catalog"},
    "revenue_is_kept": {"order_facts", "customer_orders"},
    "amounts_are_plausible": {"order_facts"},
    "unique_stg_orders_order_id": {"stg_orders"},
}


@pytest.mark.parametrize("threads", ["1", "4"])
def test_every_step_comes_after_what_it_reads(tmp_path: Path, threads: str) -> None:
    ended = built(tmp_path / "target", "--threads", threads)
    order = [line.name for line in progress(ended)]
    assert len(order) == len(set(order)) == 29
    for name, parents in READS.items():
        assert order.index(name) > max(order.index(parent) for parent in parents), name


def test_a_test_runs_right_after_the_last_table_that_it_reads(tmp_path: Path) -> None:
    ended = built(tmp_path / "target", "--threads", "1")
    lines = progress(ended)
    order = [line.name for line in lines]
    for name in ("revenue_is_kept", "amounts_are_plausible", "unique_stg_orders_order_id"):
        last = max(order.index(parent) for parent in READS[name])
        between = lines[last + 1 : order.index(name)]
        assert all(line.kind == "test" for line in between), (name, between)


def test_a_table_waits_for_the_tests_that_guard_what_it_reads(tmp_path: Path) -> None:
    ended = built(tmp_path / "target", "--threads", "4")
    order = [line.name for line in progress(ended)]
    guards = ("amounts_are_plausible", "unique_order_facts_order_id")
    assert order.index("customer_orders") > max(map(order.index, guards))


FORK = {
    "models/first.sql": "select 1 as one\n",
    "models/broken.sql": "select missing_column from {{ ref('first') }}\n",
    "models/child.sql": "select * from {{ ref('broken') }}\n",
    "models/grandchild.sql": ("select a.* from {{ ref('child') }} as a cross join {{ ref('first') }}\n"),
    "models/sibling.sql": "select * from {{ ref('first') }}\n",
    "models/nephew.sql": "select * from {{ ref('sibling') }}\n",
    "models/_models.yml": (
        "models:\n"
        "  - name: grandchild\n    columns:\n      - name: one\n        data_tests: [not_null]\n"
        "  - name: nephew\n    columns:\n      - name: one\n        data_tests: [not_null]\n"
    ),
}


def test_a_failing_model_stops_what_depends_on_it_and_nothing_else(tmp_path: Path) -> None:
    ended = build(tmp_path, FORK)
    assert ended.exit_code == 2
    assert fate(ended) == {
        "first": "ok",
        "broken": "failed",
        "child": "skipped because of broken",
        "grandchild": "skipped because of broken",
        "not_null_grandchild_one": "skipped because of broken",
        "sibling": "ok",
        "nephew": "ok",
        "not_null_nephew_one": "ok",
    }
    assert "models/broken.sql:1:8: error:" in ended.stderr


def test_fail_fast_starts_nothing_more(tmp_path: Path) -> None:
    ended = build(tmp_path, FORK, "--fail-fast", "--threads", "1")
    assert ended.exit_code == 2
    lived = {name for name, status in fate(ended).items() if status == "ok"}
    assert "not_null_nephew_one" not in lived
    assert fate(ended)["broken"] == "failed"
    assert re.search(r"stopp|fail-fast", ended.stderr), "it must say that it did not do everything"


TWO_TESTS = {
    "models/numbers.sql": "select * from range(10) as numbers (number)\n",
    "models/after.sql": "select count(*) as row_count from {{ ref('numbers') }}\n",
    "tests/none_is_large.sql": "select * from {{ ref('numbers') }} where number > 6\n",
    "tests/none_is_small.sql": (
        "{{ config(severity='SEVERITY') }}\nselect * from {{ ref('numbers') }} where number < 2\n"
    ),
}


def with_severity(severity: str) -> dict[str, str]:
    return {name: text.replace("SEVERITY", severity) for name, text in TWO_TESTS.items()}


def test_a_failed_test_shows_how_many_rows_fail_and_some_of_them(tmp_path: Path) -> None:
    ended = build(tmp_path, with_severity("error"))
    assert ended.exit_code == 1
    assert fate(ended)["after"].startswith("skipped because of none_is_")
    assert "test none_is_large: 3 failing rows" in ended.stderr
    assert "test none_is_small: 2 failing rows" in ended.stderr
    for number in (7, 8, 9):
        assert f"number={number}" in ended.stderr


def test_a_warning_is_shown_and_stops_nothing(tmp_path: Path) -> None:
    files = with_severity("warn")
    del files["tests/none_is_large.sql"]
    ended = build(tmp_path, files)
    assert ended.exit_code == 0
    assert fate(ended) == {"numbers": "ok", "none_is_small": "warned", "after": "ok"}
    assert "2 failing rows" in ended.stderr


DATA = {"models/data.sql": "{{ config(materialized='table') }}\nselect cast('x' as integer) as one\n"}
AUTHOR = {"models/author.sql": "select nonsense\n"}
WORLD = {
    "models/world.sql": ("{{ config(materialized='external', location='project.yml/x.parquet') }}\nselect 1 as one\n")
}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, 0),
        (DATA, 1),
        (AUTHOR, 2),
        (WORLD, 3),
        (DATA | WORLD, 3),
        (DATA | AUTHOR, 2),
        (AUTHOR | WORLD, 2),
        (DATA | AUTHOR | WORLD, 2),
    ],
)
def test_of_several_failures_the_authors_counts_before_the_worlds_before_the_datas(
    tmp_path: Path, files: dict[str, str], code: int
) -> None:
    ended = build(tmp_path, {"models/fine.sql": "select 1 as one\n"} | files)
    assert ended.exit_code == code, ended.stderr
    assert fate(ended)["fine"] == "ok"
    assert ended.stderr.count("error: ") == len(files)


def test_progress_is_talk_and_not_an_answer(tmp_path: Path) -> None:
    ended = build(tmp_path, {"models/one.sql": "select 1 as one\n"})
    assert ended.stdout == ""
    assert fate(ended) == {"one": "ok"}
    assert "\x1b[" not in ended.stderr, "colours are for terminals"


def test_the_answer_of_a_build_is_its_summary_and_nothing_else(tmp_path: Path) -> None:
    ended = built(tmp_path / "target")
    head, rule, *rows = ended.stdout.splitlines()
    assert head.split() == ["segment", "label", "size", "build_stamp"]
    assert set(rule) == {"-", " "}
    assert {row.split()[0] for row in rows} == {"big_spender", "one_timer"}


def test_test_runs_the_tests_on_what_stands(tmp_path: Path) -> None:
    target = tmp_path / "target"
    built(target)
    fine = coterie("test", "--target-dir", str(target))
    assert fine.exit_code == 0, fine.stderr
    assert {line.kind for line in progress(fine)} == {"test"}
    strict = coterie("test", "--target-dir", str(target), *stamped(1, largest_amount=100))
    assert strict.exit_code == 1
    assert fate(strict)["amounts_are_plausible"] == "failed"


def test_test_before_the_first_build_says_what_to_do(tmp_path: Path) -> None:
    ended = coterie("test", "--target-dir", str(tmp_path / "target"))
    assert ended.exit_code == 3, ended.stderr
    assert "coterie build" in ended.stderr
    assert_no_traceback(ended)


PEOPLE = {
    "models/people.sql": (
        "{{ config(materialized='table') }}\n"
        "select 'anna@example.org' as email, 1 as person_id\n"
        "union all select 'anna@example.org', 2\n"
    ),
    "models/_people.yml": (
        "models:\n"
        "  - name: people\n"
        "    columns:\n"
        "      - name: email\n"
        "        meta: {pii: direct}\n"
        "        data_tests: TESTS\n"
    ),
}


@pytest.mark.parametrize(
    "declared",
    [
        "[unique]",
        "[{accepted_values: {arguments: {values: [nobody]}}}]",
        "[{relationships: {arguments: {to: ref('nobody'), field: email}}}]",
    ],
)
def test_failing_rows_of_a_declared_test_never_show_identifiers(tmp_path: Path, declared: str) -> None:
    files = {name: text.replace("TESTS", declared) for name, text in PEOPLE.items()}
    files["models/nobody.sql"] = "select 'nobody' as email\n"
    ended = build(tmp_path, files)
    assert ended.exit_code == 1
    assert "•••" in ended.stderr
    assert "anna" not in ended.stderr


def test_failing_rows_of_a_singular_test_never_show_identifiers(tmp_path: Path) -> None:
    files = {name: text.replace("TESTS", "[]") for name, text in PEOPLE.items()}
    files["tests/nobody_is_there.sql"] = "select * from {{ ref('people') }}\n"
    ended = build(tmp_path, files)
    assert ended.exit_code == 1
    assert "email=•••" in ended.stderr
    assert "person_id=2" in ended.stderr
    assert "anna" not in ended.stderr


def test_failing_rows_never_show_identifiers_under_another_name(tmp_path: Path) -> None:
    files = {name: text.replace("TESTS", "[]") for name, text in PEOPLE.items()}
    files["tests/nobody_is_there.sql"] = "select lower(email) as contact, person_id from {{ ref('people') }}\n"
    ended = build(tmp_path, files)
    assert ended.exit_code == 1
    assert "person_id=2" in ended.stderr
    assert "anna" not in ended.stderr


def test_an_error_in_the_data_never_repeats_an_identifier(tmp_path: Path) -> None:
    files = {name: text.replace("TESTS", "[]") for name, text in PEOPLE.items()}
    files["models/numbers.sql"] = (
        "{{ config(materialized='table') }}\nselect cast(email as integer) as number from {{ ref('people') }}\n"
    )
    ended = build(tmp_path, files)
    assert ended.exit_code == 1, ended.stderr
    assert "models/numbers.sql:2" in ended.stderr
    assert "anna" not in ended.stderr
