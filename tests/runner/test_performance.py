"""The critical path, what a step cost before, and the table that shows both."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from conftest import Shop, Write
from fresh import Fresh
from hypothesis import given
from hypothesis import strategies as st

from runner.compile import Manifest
from runner.execute import Result
from runner.performance import EarlierStep, critical_path, earlier_steps, performance
from runner.plan import Step, plan_all
from runner.state import Records
from runner.warehouse import Cursor, Warehouse

DIAMOND = {
    "models/a.sql": "select 1 as i",
    "models/b.sql": "select * from {{ ref('a') }}",
    "models/c.sql": "select * from {{ ref('a') }}",
    "models/d.sql": "select * from {{ ref('b') }} union all select * from {{ ref('c') }}",
    "models/alone.sql": "select 1 as i",
    "models/_m.yml": "models: [{name: b, columns: [{name: i, data_tests: [{not_null: {name: b_is_known}}]}]}]\n",
}


def results(manifest: Manifest, **seconds: float) -> list[Result]:
    steps = plan_all(manifest, frozenset(manifest.compiled)).steps
    return [Result(step, "ok", seconds.get(step.name, 0.0)) for step in steps]


def names(path: tuple[Result, ...]) -> list[str]:
    return [each.step.name for each in path]


@pytest.mark.parametrize(
    ("seconds", "path"),
    [
        ({"a": 1, "b": 2, "c": 3, "d": 1}, ["a", "c", "d"]),
        ({"a": 1, "b": 4, "c": 3, "d": 1}, ["a", "b", "d"]),
        ({"a": 1, "b": 2, "c": 3, "d": 1, "alone": 4.9}, ["a", "c", "d"]),
        ({"a": 1, "b": 2, "c": 3, "d": 1, "alone": 5.1}, ["alone"]),
        # d waits for the test of b, and so does the build
        ({"a": 1, "b": 2, "b_is_known": 2, "c": 3, "d": 1}, ["a", "b", "b_is_known", "d"]),
        # what took no time makes no path longer
        ({"b": 2}, ["b"]),
        ({}, []),
    ],
)
def test_the_critical_path_is_the_chain_that_took_longest(
    shop: Shop, seconds: dict[str, float], path: list[str]
) -> None:
    found = results(shop(DIAMOND), **seconds)
    assert names(critical_path(found)) == path
    assert names(critical_path(reversed(found))) == path


def test_of_equal_chains_it_is_always_the_same(shop: Shop) -> None:
    found = results(shop(DIAMOND), a=1, b=2, c=2, d=1)
    assert {tuple(names(critical_path(some))) for some in itertools.permutations(found, len(found))} == {
        ("a", "b", "d")
    }


def test_a_run_cut_short_has_a_path_too(shop: Shop) -> None:
    found = [each for each in results(shop(DIAMOND), a=1, c=3) if each.step.name in ("c", "d")]
    assert names(critical_path(found)) == ["c"]
    assert critical_path([]) == ()


@pytest.fixture(scope="module")
def step(tmp_path_factory: pytest.TempPathFactory) -> Step:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("shop")
        (folder / "models").mkdir()
        (folder / "models/a.sql").write_text("select 1 as i")
        (folder / "project.yml").write_text("name: shop\n")
        patch.chdir(folder)
        from runner.compile import compile_project
        from runner.project import load_project

        manifest = compile_project(load_project({}, {}))
    return plan_all(manifest, frozenset({"a"})).steps[0]


def named(step: Step, name: str, waits: tuple[str, ...]) -> Step:
    node = replace(step.compiled.node, name=name)
    return replace(step, compiled=replace(step.compiled, node=node), waits=waits)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 6), max_size=3)), min_size=1, max_size=7),
)  # fmt: skip
def test_no_chain_is_longer_than_the_critical_path(step: Step, graph: list[tuple[int, set[int]]]) -> None:
    """Against every chain that there is."""
    found = [
        Result(named(step, str(at), tuple(str(each) for each in sorted(waits) if each < at)), "ok", seconds)
        for at, (seconds, waits) in enumerate(graph)
    ]

    def longest(at: int) -> float:
        return found[at].seconds + max((longest(int(each)) for each in found[at].step.waits), default=0.0)

    path = critical_path(found)
    assert sum(each.seconds for each in path) == max(map(longest, range(len(found))))
    assert all(before.step.name in after.step.waits for before, after in itertools.pairwise(path))


def test_only_tables_that_were_made_are_measured_the_slowest_first(shop: Shop) -> None:
    found = results(shop(DIAMOND), a=1, b=3, b_is_known=9, c=2, d=4)
    status = {"c": "failed", "d": "skipped", "alone": "unchanged"}
    told = performance([replace(each, status=status.get(each.step.name, "ok")) for each in found], {}, {})
    assert [row[0] for row in told.steps] == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("before", "ratio"),
    [(EarlierStep(4.0), 0.5), (EarlierStep(1.0), 2.0), (EarlierStep(0.0), None), (EarlierStep(), None)],
)
def test_the_ratio_says_how_many_times_as_long(step: Step, before: EarlierStep, ratio: float | None) -> None:
    (row,) = performance([Result(step, "ok", 2.0)], {"a": before}, {}).steps
    assert row[3] == ratio


def test_a_row_has_now_and_before_side_by_side(step: Step) -> None:
    made = Result(step, "ok", 2.0, rows=50)
    (row,) = performance([made], {"a": EarlierStep(0.5, 40, 2048), "b": EarlierStep(1.0)}, {"a": 4096}).steps
    assert row == ("a", 2.0, 0.5, 4.0, 50, 40, 4096, 2048)
    assert str(performance([made], {}, {})) == "critical path: 2.00 s, a"


# what was recorded


@pytest.fixture
def cursor() -> Cursor:
    """Three published runs and a later one that was not; `a` was unchanged in the last two."""
    cursor = Warehouse(None).cursor()
    cursor.create_schemas({"_coterie"})
    cursor.run(
        "create table _coterie.runs (run_id varchar, started_at timestamp, finished_at timestamp, git_commit varchar, "
        "as_of varchar, selection varchar, status varchar, published boolean)"
    )
    cursor.run(
        "create table _coterie.run_steps (run_id varchar, name varchar, kind varchar, status varchar, reason varchar, "
        "seconds double, row_count bigint, bytes bigint)"
    )
    for run_id, day, is_published in (("r1", 1, True), ("r2", 2, True), ("r3", 3, True), ("r4", 4, False)):
        run = [run_id, f"2026-11-0{day}", is_published]
        cursor.run("insert into _coterie.runs (run_id, started_at, published) values (?, ?, ?)", run)
    for line in (
        ("r1", "a", "ok", 1.5, 10, 100),
        ("r1", "b", "ok", 9.0, 90, 900),
        ("r2", "a", "unchanged", 0.0, None, None),
        ("r2", "b", "warned", 2.5, None, None),
        ("r3", "a", "skipped", 0.0, None, None),
        ("r3", "b", "unchanged", 0.0, None, None),
        ("r4", "a", "ok", 7.0, 70, 700),
        ("r4", "c", "ok", 7.0, 70, 700),
    ):
        columns = "run_id, name, status, seconds, row_count, bytes"
        cursor.run(f"insert into _coterie.run_steps ({columns}) values (?, ?, ?, ?, ?, ?)", line)
    return cursor


def test_before_is_when_a_step_was_last_made_for_readers(cursor: Cursor) -> None:
    assert earlier_steps(cursor) == {"a": EarlierStep(1.5, 10, 100), "b": EarlierStep(2.5, None, None)}


def test_before_the_first_run_there_is_no_before() -> None:
    cursor = Warehouse(None).cursor()
    Records(cursor)
    assert earlier_steps(cursor) == {}


# what is shown


def test_build_shows_the_table_on_stderr_when_asked(coterie: Fresh, write: Write) -> None:
    folder = write(DIAMOND)
    assert "critical path" not in coterie(folder, "build").stderr
    outcome = coterie(folder, "build", "--performance", "--full-refresh")
    assert outcome.stdout == ""
    lines = outcome.stderr.splitlines()
    head = next(at for at, line in enumerate(lines) if line.startswith("name "))
    assert lines[head].split()[:5] == ["name", "seconds", "seconds_before", "ratio", "rows"]
    assert {line.split()[0] for line in lines[head + 2 : -1]} == {"a", "b", "c", "d", "alone"}
    assert lines[-1].startswith("critical path: ")
