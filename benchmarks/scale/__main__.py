"""What a shop of a million people costs: the first build beside its bare SQL, the day after, and how both grow.

python -m benchmarks.scale [--customers N]... [--engine-memory 5GB] [--threads 2]

The largest size is looked at closely; the others are points on a line. A million people take 45 minutes on two cores
and 60 GB of disk.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click
import yaml

from benchmarks.environments import BENCH
from benchmarks.loglog import exponent, plot
from benchmarks.scale import bare, days, report
from benchmarks.scale.report import Bare, Cost

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
FOLDER = BENCH / "scale"
YESTERDAY, TODAY = date(2026, 10, 31), date(2026, 11, 1)
"""The demo's history ends with the last of October."""


@click.command()
@click.option("--customers", "sizes", multiple=True, type=int, default=(10_000, 100_000, 1_000_000), show_default=True)
@click.option("--engine-memory", default="5GB", show_default=True, help="What DuckDB may use; the process uses more.")
@click.option("--threads", default=2, show_default=True)
def main(sizes: tuple[int, ...], engine_memory: str, threads: int) -> None:
    """Builds demo shops of growing size, the largest one with the day after."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    config = {"threads": threads, "memory_limit": engine_memory}
    first, next_day = [], []
    for size in sorted(sizes):
        project = _project(FOLDER / f"{size}", config)
        shop, store = _shop(size, project), project / "store"
        before, after = days.split(shop, project / "delivered", YESTERDAY)
        before.rename(store)
        cost = _built(project, YESTERDAY)
        first.append((size, cost))
        print(report.size_line(size, store, cost), flush=True)
        full = report.steps(project / "target" / "warehouse.duckdb")
        if size == max(sizes):
            told = _bare(project, config)
        days.arrive(after, store)
        cost = _built(project, TODAY)
        next_day.append((size, cost))
        grown = report.steps(project / "target" / "warehouse.duckdb")
    promises = [*report.first_build(first[-1][1], told, full), *report.day_after(first[-1][1], cost, full, grown)]
    if len(sizes) > 1:
        promises.append(_growth({"first build": first, "the day after": next_day}))
    sys.exit(0 if all(promises) else 1)


def _project(folder: Path, config: Mapping[str, object]) -> Path:
    """This project with a limit on memory, in a folder of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("models", "macros", "seeds", "snapshots", "tests", "demo"):
        (folder / name).symlink_to(PROJECT_FOLDER / name, target_is_directory=True)
    written = yaml.safe_load((PROJECT_FOLDER / "project.yml").read_text(encoding="utf-8"))
    written["warehouse"] |= config
    (folder / "project.yml").write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    return folder


def _shop(size: int, project: Path) -> Path:
    """Made once and then found again: the same size is the same shop."""
    shop = FOLDER / "shops" / f"{size}"
    folders = ["--output", str(shop), "--truth", str(shop.with_name(f"{size}-truth"))]
    cost = _run(project, "demo", "--customers", str(size), *folders)
    print(f"a shop of {size:,} people written, or found, in {cost.seconds:,.0f} s", flush=True)
    return shop


def _built(project: Path, day: date) -> Cost:
    return _run(project, "build", "--as-of", f"{day}", "--vars", _store(project))


def _store(project: Path) -> str:
    """The vars: whose files, and that no audience is held back, however few people it has."""
    return f"{{store: generic, store_path: '{project / 'store'}', audience_swing_pct: 1000000}}"


def _run(project: Path, *request: str) -> Cost:
    """One call of the command line. Ends the benchmark where it fails."""
    began = time.perf_counter()
    log = project / f"{request[0]}.log"
    with log.open("w", encoding="utf-8") as out:
        command = [sys.executable, "-m", "runner.cli", *request]
        environment = os.environ | {"PYTHONPATH": str(PROJECT_FOLDER)}
        running = subprocess.Popen(command, cwd=project, stdout=out, stderr=out, env=environment)
        _, status, usage = os.wait4(running.pid, 0)
    if status:
        sys.exit(f"coterie {request[0]} failed:\n{log.read_text(encoding='utf-8')[-3000:]}")
    seconds, memory = time.perf_counter() - began, usage.ru_maxrss * 1024
    published = re.search(r"^published .* in ([\d.]+) s$", log.read_text(encoding="utf-8"), re.MULTILINE)
    publishing = float(published[1]) if published else 0.0
    return Cost(seconds, usage.ru_utime + usage.ru_stime, memory, publishing)


def _bare(project: Path, config: Mapping[str, object]) -> Bare:
    """The same SQL without the runner, in a database beside."""
    engine = {**config, "preserve_insertion_order": False, "temp_directory": str(project / "bare-tmp")}
    given = yaml.safe_load(_store(project)) | {"as_of": f"{YESTERDAY}"}
    task, result = project / "bare.json", project / "bare-result.json"
    task.write_text(json.dumps(bare.work(project, given, project / "bare.duckdb", engine)), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.scale.bare", str(task), str(result)]
    subprocess.run(command, cwd=PROJECT_FOLDER, check=True)
    (project / "bare.duckdb").unlink()
    return Bare(**json.loads(result.read_text(encoding="utf-8")))


def _growth(series: Mapping[str, list[tuple[int, Cost]]]) -> bool:
    points = {name: [(size, cost.seconds) for size, cost in costs] for name, costs in series.items()}
    print("\nseconds by number of people")
    for name, each in points.items():
        told = "".join(f"{seconds:>11,.1f}" for _, seconds in each)
        print(f"  {name:16}{told}   exponent {exponent(each):.2f}")
    file = FOLDER / "growth.svg"
    file.write_text(plot(points, "Seconds by number of people (logarithmic)"), encoding="utf-8")
    print(f"  plotted in {file}")
    is_near = all(exponent(each) <= report.MOST_EXPONENT for each in points.values())
    return report.held(f"time grows with an exponent of at most {report.MOST_EXPONENT}", is_near)


if __name__ == "__main__":
    main()
