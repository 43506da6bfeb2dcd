"""What the overhead benchmark measures with: the exponent of growth, and one project for everybody."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from benchmarks.overhead.growth import exponent, report
from benchmarks.overhead.rounds import Promise, judged
from benchmarks.overhead.statements import statements
from benchmarks.overhead.synthetic import change_leaf, write_project, write_sqlmesh_project


@pytest.mark.parametrize(
    ("seconds", "power"), [(lambda n: 0.002 * n, 1.0), (lambda n: 0.0001 * n**2, 2.0), (lambda n: 7.0, 0.0)]
)
def test_the_exponent_tells_linear_from_quadratic(seconds, power) -> None:
    assert exponent([(n, seconds(n)) for n in (200, 500, 1_000, 5_000)]) == pytest.approx(power)


def test_a_report_is_a_table_and_a_plot(tmp_path: Path, capsys) -> None:
    report({"ls": [(200, 0.1), (2_000, 1.0)]}, tmp_path / "growth.svg")
    assert "1.00" in capsys.readouterr().out
    assert "ls, N^1.00" in (tmp_path / "growth.svg").read_text()


@pytest.mark.parametrize(("found", "is_kept"), [(1.49, True), (1.5, True), (1.51, False)])
def test_a_promise_is_kept_up_to_its_limit(found: float, is_kept: bool) -> None:
    assert judged([Promise("ratio", 1.5, found)]) is is_kept


def test_the_statements_of_the_bare_loop_run_and_their_tests_pass(tmp_path: Path) -> None:
    work = statements(write_project(tmp_path / "project", 20, 1))
    assert (len(work["statements"]), len(work["tests"])) == (20, 40)
    with duckdb.connect() as connection:
        for statement in work["statements"]:
            connection.execute(statement)
        assert [connection.execute(query).fetchone() for query in work["tests"]] == [(0,)] * 40


def test_a_changed_leaf_changes_one_file(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", 5, 1)
    before = {path.name: path.read_text() for path in (project / "models").iterdir()}
    change_leaf(project, 5, 1)
    after = {path.name: path.read_text() for path in (project / "models").iterdir()}
    assert [name for name in before if before[name] != after[name]] == ["model_0004.sql"]
    assert not [name for name, text in before.items() if "ref('model_0004')" in text]


def test_sqlmesh_gets_the_same_selects(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project", 5, 1) / "models"
    other = write_sqlmesh_project(tmp_path / "sqlmesh", 5, 1) / "models"
    for path in project.glob("*.sql"):
        head, select = (other / path.name).read_text().split(");\n\n", 1)
        assert f"name synthetic.{path.stem}," in head
        names = [f"model_{number:04}" for number in range(5)]
        for name in names:
            select = select.replace(f"synthetic.{name}", f"{{{{ ref('{name}') }}}}")
        assert select == path.read_text()
