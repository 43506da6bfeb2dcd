"""Builds the demo shop with dbt and with Coterie and compares the tables row for row.

python -m benchmarks.dbt_parity [--customers N] [--dbt PATH] [--store-path FOLDER]
python -m benchmarks.dbt_parity --project tests/projects/stranger
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click

from benchmarks.dbt_parity.any_project import write_copies
from benchmarks.dbt_parity.comparison import Comparison, compare_warehouses
from benchmarks.dbt_parity.dbt_environment import dbt_executable, dbt_versions
from benchmarks.dbt_parity.scratch_project import ScratchProject, write_scratch_project
from benchmarks.environments import BENCH

PROJECT_FOLDER = Path(__file__).resolve().parents[2]

COMPARED_SCHEMAS = ("intermediate", "marts", "reports", "segments", "vault")
# dbt stamps snapshots with the wall clock, and knows nothing of the runner's table of rules; the last reads the first
OUTSIDE_PARITY = ("segment_history", "segment_membership_history", "segment_rule_history", "rpt_segment_health")
# dbt starts a query for every batch: months of the demo's three years
FEW_BATCHES = {"events_begin_on": "2023-11-01", "events_batch_size": "month"}
# both sides must salt alike, and the unit tests of the keys know this one
KEY_SALT = "demo"

COTERIE = (sys.executable, "-m", "runner.cli")
A_PATH = click.Path(path_type=Path)


@dataclass(frozen=True)
class Run:
    """One command of one tool: how long it took and whether it succeeded."""

    name: str
    seconds: float
    is_ok: bool


@click.command()
@click.option("--customers", default=2_000, show_default=True, help="Size of the demo shop.")
@click.option("--dbt", type=A_PATH, help="A dbt command; else one is installed.")
@click.option("--store-path", type=A_PATH, help="A shop's files instead of the demo.")
@click.option("--threads", default=os.cpu_count() or 1, show_default=True, help="Threads of both.")
@click.option("--project", type=A_PATH, help="A dbt project as it is, instead of ours.")
def main(customers: int, dbt: Path | None, store_path: Path | None, threads: int, project: Path | None) -> None:
    """Build the demo shop with dbt and with Coterie; compare every table row for row."""
    executable = (dbt or dbt_executable()).absolute()
    if project is not None:
        _compare_project(executable, project.absolute(), threads)
    shop = (store_path or _demo_shop(customers)).absolute()
    store = {"store": "generic", "store_path": str(shop), "store_format": "parquet"}
    variables = json.dumps(store | FEW_BATCHES)
    scratch = write_scratch_project(PROJECT_FOLDER, BENCH / "dbt", threads=threads)
    ours = BENCH / "coterie"
    shutil.rmtree(ours, ignore_errors=True)
    print(f"dbt side: {dbt_versions(executable)}", flush=True)
    runs = [
        _dbt(
            executable,
            scratch,
            variables,
            "build",
            "--exclude-resource-type",
            "unit_test",
            "--exclude",
            *OUTSIDE_PARITY,
        ),
        _coterie(ours, variables, threads),
        _dbt(executable, scratch, variables, "test", "--select", "test_type:unit", "--exclude", *OUTSIDE_PARITY),
    ]
    warehouses = ours / "warehouse.duckdb", scratch.warehouse
    found = compare_warehouses(*warehouses, COMPARED_SCHEMAS, _tolerances(scratch))
    _finish([each for each in found if each.address.table not in OUTSIDE_PARITY], runs)


def _compare_project(executable: Path, project: Path, threads: int) -> NoReturn:
    copies = write_copies(project, BENCH / "projects" / project.name, threads=threads)
    print(f"dbt side: {dbt_versions(executable)}", flush=True)
    dbt = [str(executable)]
    options = ["--profiles-dir", ".", "--quiet", "--no-use-colors"]
    runs = [
        # dbt knows no order between a seed and the source that it stands for
        _run("dbt seed", [*dbt, "seed", *options], copies.dbt),
        _run("dbt build", [*dbt, "build", *options], copies.dbt),
        _run("coterie check", [*COTERIE, "check"], copies.coterie),
        _run("coterie build", [*COTERIE, "build"], copies.coterie),
        _run("coterie test --unit", [*COTERIE, "test", "--unit"], copies.coterie),
    ]
    _finish(list(compare_warehouses(*copies.warehouses, None, {})), runs)


def _finish(comparisons: list[Comparison], runs: list[Run]) -> NoReturn:
    _report(comparisons, runs)
    is_equal = bool(comparisons) and all(comparison.is_equal for comparison in comparisons)
    sys.exit(0 if is_equal and all(run.is_ok for run in runs) else 1)


def _demo_shop(customers: int) -> Path:
    shop = BENCH / "shop"
    shutil.rmtree(shop, ignore_errors=True)
    command = ["demo", "--customers", str(customers), "--output", str(shop)]
    command += ["--truth", str(BENCH / "shop_truth")]
    if not _run("coterie demo", [*COTERIE, *command], PROJECT_FOLDER).is_ok:
        raise SystemExit("the demo shop could not be written")
    return shop


def _dbt(executable: Path, scratch: ScratchProject, variables: str, *request: str) -> Run:
    options = ["--profiles-dir", ".", "--vars", variables, "--quiet", "--no-use-colors"]
    name = " ".join(("dbt", *request))
    return _run(name, [str(executable), *request, *options], scratch.folder)


def _coterie(target: Path, variables: str, threads: int) -> Run:
    options = ["--vars", variables, "--target-dir", str(target), "--threads", str(threads)]
    return _run("coterie build", [*COTERIE, "build", *options], PROJECT_FOLDER)


def _run(name: str, command: list[str], folder: Path) -> Run:
    environment = os.environ | {"COTERIE_KEY_SALT": KEY_SALT}
    start = time.perf_counter()
    finished = subprocess.run(command, cwd=folder, env=environment, stdout=sys.stderr, check=False)
    return Run(name, time.perf_counter() - start, finished.returncode == 0)


def _tolerances(scratch: ScratchProject) -> dict[str, float]:
    """The models that declare how far their doubles may differ; nothing else may."""
    nodes = json.loads(scratch.manifest.read_text())["nodes"].values()
    declared = {node["name"]: node.get("meta", {}).get("tolerance") for node in nodes}
    return {name: float(tolerance) for name, tolerance in declared.items() if tolerance}


def _report(comparisons: list[Comparison], runs: list[Run]) -> None:
    for comparison in comparisons:
        verdict = "equal" if comparison.is_equal else "DIFFERENT"
        print(f"{verdict:9}  {comparison.row_count:>10,} rows  {comparison.address}")
        if comparison.complaint:
            print(f"           {comparison.complaint}")
        elif not comparison.is_equal:
            ours, theirs = comparison.only_in_coterie, comparison.only_in_dbt
            print(f"           only in coterie {ours:,}, only in dbt {theirs:,}")
            print("\n".join(f"           {example}" for example in comparison.examples))
    equal = sum(comparison.is_equal for comparison in comparisons)
    print(f"\n{equal} of {len(comparisons)} tables are equal, row for row")
    for run in runs:
        print(f"{run.seconds:8.1f} s  {'ok    ' if run.is_ok else 'FAILED'}  {run.name}")


if __name__ == "__main__":
    main()
