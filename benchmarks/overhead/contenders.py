"""Who does the work: Coterie, a bare loop, dbt and SQLMesh, each on the same project."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dbt_parity.dbt_environment import dbt_executable, dbt_versions
from benchmarks.environments import BENCH, python_with
from benchmarks.overhead.rounds import Contender, fresh
from benchmarks.overhead.synthetic import change_leaf, change_sqlmesh_leaf, write_project, write_sqlmesh_project

REPOSITORY = Path(__file__).resolve().parents[2]
BARE_LOOP = Path(__file__).with_name("bare_loop.py")
SQLMESH = "sqlmesh==0.236.*"
SERVE = "serve:\n  include: [main]\n"
CHANGES = itertools.count(1)


@dataclass(frozen=True)
class Work:
    """One project, and the folder where everybody writes."""

    folder: Path
    project: Path
    models: int
    threads: int

    def change(self) -> None:
        change_leaf(self.project, self.models, next(CHANGES))


def work(models: int, threads: int, settings: str = "", name: str = "") -> Work:
    folder = BENCH / "overhead" / f"{name or 'plain'}-{models}"
    return Work(folder, write_project(folder / "project", models, threads, settings), models, threads)


def command(*arguments: str) -> tuple[str, ...]:
    return (str(Path(sys.executable).with_name("coterie")), *arguments)


def coterie(work: Work, verb: str, *options: str) -> tuple[str, ...]:
    places = ("--project-dir", str(work.project), "--target-dir", str(work.folder / "coterie"))
    return command(verb, *places, "--threads", str(work.threads), *options)


def coterie_first(work: Work, name: str = "coterie", *options: str) -> Contender:
    target = work.folder / "coterie"

    def prepare() -> None:
        shutil.rmtree(target, ignore_errors=True)

    return Contender(name, coterie(work, "build", *options), REPOSITORY, prepare)


def coterie_again(work: Work) -> Contender:
    return Contender("coterie, nothing changed", coterie(work, "build"), REPOSITORY)


def coterie_leaf(work: Work) -> Contender:
    return Contender("coterie, one changed leaf", coterie(work, "build"), REPOSITORY, work.change)


def bare_loop(work: Work, *memory_limit: str) -> Contender:
    database, statements = work.folder / "bare.duckdb", work.folder / "statements.json"
    # in a process of its own: a child is never counted smaller than who started it
    compiled = [sys.executable, "-m", "benchmarks.overhead.statements", str(work.project), str(statements)]
    subprocess.run([*compiled, *memory_limit], cwd=REPOSITORY, check=True)
    run = (sys.executable, str(BARE_LOOP), str(database), str(statements))
    return Contender("bare loop", run, REPOSITORY, fresh(database))


def dbt(work: Work) -> list[Contender]:
    """First build, then with the manifest of the build before: only what was modified. Partial parsing is on."""
    executable = dbt_executable().absolute()
    print(f"dbt-core, dbt-duckdb, duckdb: {dbt_versions(executable)}")
    build = (str(executable), "--quiet", "--no-use-colors", "build", "--profiles-dir", ".")
    modified = (*build, "--select", "state:modified+", "--state", "state")

    def remember(and_then: Callable[[], None] = lambda: None) -> Callable[[], None]:
        def prepare() -> None:
            (work.project / "state").mkdir(exist_ok=True)
            shutil.copy(work.project / "target" / "manifest.json", work.project / "state")
            and_then()

        return prepare

    return [
        Contender("dbt", build, work.project, fresh(work.project / "target" / "dbt.duckdb")),
        Contender("dbt, nothing changed", modified, work.project, remember()),
        Contender("dbt, one changed leaf", modified, work.project, remember(work.change)),
    ]


def sqlmesh(work: Work) -> list[Contender]:
    python = python_with("sqlmesh", SQLMESH)
    names = "'sqlmesh', 'duckdb'"
    program = f"from importlib.metadata import version; print(*map(version, [{names}]))"
    found = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True).stdout.strip()
    print(f"SQLMesh and its duckdb: {found}")
    project = write_sqlmesh_project(work.folder / "sqlmesh", work.models, work.threads)
    plan = (str(python.with_name("sqlmesh")), "plan", "--auto-apply", "--no-prompts")
    return [
        Contender("SQLMesh", plan, project, fresh(project / "warehouse.duckdb")),
        Contender("SQLMesh, nothing changed", plan, project),
        Contender(
            "SQLMesh, one changed leaf", plan, project, lambda: change_sqlmesh_leaf(project, work.models, next(CHANGES))
        ),
    ]
