"""What the runner costs: a project of N models built by Coterie, by a bare loop and by dbt.

python -m benchmarks.overhead [--models 200] [--repeats 7] [--dbt]

Every round measures each of them once, so that a busy machine is busy for all; medians count.
Times are whole commands: start of the process, reading the project, building, testing, closing.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click

from benchmarks.dbt_parity.dbt_environment import dbt_executable, dbt_versions
from benchmarks.environments import BENCH
from benchmarks.overhead.synthetic import write_project

REPOSITORY = Path(__file__).resolve().parents[2]
BARE_LOOP = Path(__file__).with_name("bare_loop.py")


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float


@dataclass(frozen=True)
class Contender:
    """One way of doing the work; `leaves` is what it writes, removed before each round."""

    name: str
    command: tuple[str, ...]
    folder: Path
    leaves: Path | None = None


@click.command()
@click.option("--models", default=200, show_default=True)
@click.option("--repeats", default=7, show_default=True, help="Rounds of building.")
@click.option("--starts", default=20, show_default=True, help="Rounds of starting.")
@click.option("--checked", default=1_000, show_default=True, help="Models of `check`.")
@click.option("--threads", default=os.cpu_count() or 1, show_default=True, help="Of all.")
@click.option("--dbt", "with_dbt", is_flag=True, help="dbt too (one environment, one minute).")
@click.option("--dbt-command", type=click.Path(path_type=Path), help="A dbt that is there.")
def main(
    models: int, repeats: int, starts: int, checked: int, threads: int, with_dbt: bool, dbt_command: Path | None
) -> None:
    """Measure what the runner costs beside the SQL that it runs."""
    project = write_project(BENCH / "overhead" / "project", models, threads)
    contenders = [_coterie(project, threads), _bare_loop(project)]
    if with_dbt or dbt_command:
        dbt = (dbt_command or dbt_executable()).absolute()
        print(f"dbt-core, dbt-duckdb, duckdb: {dbt_versions(dbt)}")
        contenders.append(_dbt(project, dbt))
    title = f"build {models} models, {2 * models} tests, {threads} threads"
    _report(title, _measured(contenders, repeats), "bare loop")
    _report("start", _measured(_starts(), starts), "import click")
    large = write_project(BENCH / "overhead" / "large", checked, threads)
    check = _command("check", "--project-dir", str(large))
    _report(f"check {checked} models", _measured([Contender("check", check, REPOSITORY)], 3), "")


def _command(*arguments: str) -> tuple[str, ...]:
    return (str(Path(sys.executable).with_name("coterie")), *arguments)


def _coterie(project: Path, threads: int) -> Contender:
    target = project.parent / "coterie"
    options = ("--project-dir", str(project), "--target-dir", str(target))
    command = _command("build", *options, "--threads", str(threads))
    return Contender("coterie", command, REPOSITORY, target / "warehouse.duckdb")


def _bare_loop(project: Path) -> Contender:
    database, work = project.parent / "bare.duckdb", project.parent / "statements.json"
    work.write_text(json.dumps(_statements(project)))
    command = (sys.executable, str(BARE_LOOP), str(database), str(work))
    return Contender("bare loop", command, REPOSITORY, database)


def _statements(project: Path) -> dict[str, list[str]]:
    """What Coterie compiles, in its own order."""
    from runner.compile import compile_project
    from runner.nodes import DataTest, Model
    from runner.project import load_project

    here = Path.cwd()
    os.chdir(project)
    manifest = compile_project(load_project({}, {}))
    os.chdir(here)
    compiled = [manifest.compiled[name] for name in manifest.graph.order]
    return {
        "statements": [
            f"create or replace table {each.node.relation} as\n{each.sql}"
            for each in compiled
            if isinstance(each.node, Model)
        ],
        "tests": [f"select count(*) from (\n{each.sql}\n)" for each in compiled if isinstance(each.node, DataTest)],
    }


def _dbt(project: Path, dbt: Path) -> Contender:
    command = (str(dbt), "--quiet", "--no-use-colors", "build", "--profiles-dir", ".")
    return Contender("dbt", command, project, project / "target" / "dbt.duckdb")


def _starts() -> list[Contender]:
    return [
        Contender("coterie --help", _command("--help"), REPOSITORY),
        Contender("import click", (sys.executable, "-c", "import click"), REPOSITORY),
        Contender("python", (sys.executable, "-c", "pass"), REPOSITORY),
    ]


def _measured(contenders: list[Contender], repeats: int) -> dict[str, Cost]:
    """The median of each, after one round that does not count: caches are warm for all."""
    costs: dict[str, list[Cost]] = {each.name: [] for each in contenders}
    for number in range(repeats + 1):
        for each in contenders:
            cost = _cost(each)
            if number:
                costs[each.name].append(cost)
    return {
        name: Cost(median(each.wall for each in rounds), median(each.cpu for each in rounds))
        for name, rounds in costs.items()
    }


def _cost(contender: Contender) -> Cost:
    if contender.leaves is not None:
        contender.leaves.unlink(missing_ok=True)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(contender.command, cwd=contender.folder, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode:
        raise SystemExit(f"{contender.name} failed:\n{ended.stdout}{ended.stderr}")
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _report(title: str, costs: Mapping[str, Cost], basis: str) -> None:
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"\n{title} (load per core {load:.1f})")
    print(f"  {'':16}{'wall s':>9}{'CPU s':>9}{'wall ratio':>12}{'CPU ratio':>11}")
    for name, cost in costs.items():
        ratios = ""
        if basis:
            wall, cpu = cost.wall / costs[basis].wall, cost.cpu / costs[basis].cpu
            ratios = f"{wall:>12.2f}{cpu:>11.2f}"
        print(f"  {name:16}{cost.wall:>9.3f}{cost.cpu:>9.3f}{ratios}")


if __name__ == "__main__":
    main()
