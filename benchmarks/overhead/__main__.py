"""What the runner costs: a project of N models built by Coterie, by a bare loop, by dbt and by SQLMesh.

python -m benchmarks.overhead [--models 200 --models 1000] [--repeats 5] [--dbt] [--sqlmesh] [--no-growth]

Every round measures each of them once, so that a busy machine is busy for all; medians count.
Times are whole commands: start of the process, reading the project, building, testing, closing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from benchmarks.environments import BENCH
from benchmarks.loglog import exponent
from benchmarks.overhead import contenders as who
from benchmarks.overhead import growth
from benchmarks.overhead.rounds import Contender, Cost, Promise, cost_of, judged, measured, report

TIMES_THE_LOOP = {200: 1.6, 1_000: 1.5}
NOTHING_CHANGED = {200: 0.6, 1_000: 1.5}
ONE_LEAF = {1_000: 2.0}
CHECKED = {1_000: 3.0}
SIZES = (200, 500, 1_000, 2_000, 5_000)
STEEPEST = 1.3
"""An exponent between linear and quadratic that caches of the machine may explain."""
OWN_MEMORY = 200.0
MEMORY_LIMIT = "100MB"


@click.command()
@click.option("--models", "sizes", multiple=True, type=int, default=(200, 1_000), show_default=True)
@click.option("--repeats", default=5, show_default=True, help="Rounds of building.")
@click.option("--starts", default=20, show_default=True, help="Rounds of starting.")
@click.option("--threads", default=os.cpu_count() or 1, show_default=True, help="Of all.")
@click.option("--dbt", "with_dbt", is_flag=True, help="dbt too (one environment, minutes).")
@click.option("--sqlmesh", "with_sqlmesh", is_flag=True, help="SQLMesh too (likewise).")
@click.option("--growth/--no-growth", "with_growth", default=True, show_default=True, help="Up to 5,000 models.")
def main(
    sizes: Sequence[int], repeats: int, starts: int, threads: int, with_dbt: bool, with_sqlmesh: bool, with_growth: bool
) -> None:
    """Measure what the runner costs beside the SQL that it runs."""
    promises = _start(starts)
    for size in sizes:
        promises += _building(size, repeats, threads)
        _publishing(size, max(1, repeats // 2), threads)
    if with_dbt or with_sqlmesh:
        _side_by_side(sizes[0], max(1, repeats // 2), threads, with_dbt=with_dbt, with_sqlmesh=with_sqlmesh)
    if with_growth:
        promises += _growth(threads)
    sys.exit(0 if judged(promises) else 1)


def _start(repeats: int) -> list[Promise]:
    costs = measured(
        [
            Contender("coterie --help", who.command("--help"), who.REPOSITORY),
            Contender("import click", (sys.executable, "-c", "import click"), who.REPOSITORY),
            Contender("python", (sys.executable, "-c", "pass"), who.REPOSITORY),
        ],
        repeats,
    )
    report("start", costs, "import click")
    return [Promise("help / import click", 3.0, costs["coterie --help"].wall / costs["import click"].wall)]


def _building(models: int, repeats: int, threads: int) -> list[Promise]:
    work = who.work(models, threads)
    costs = measured(
        [
            who.bare_loop(work),
            who.coterie_first(work),
            who.coterie_again(work),
            who.coterie_leaf(work),
            Contender("coterie check", who.coterie(work, "check"), who.REPOSITORY),
        ],
        repeats,
    )
    report(f"{models:,} models, {2 * models:,} tests, {threads} threads", costs, "bare loop")
    name = f"{models:,} models: "
    found = [
        (f"{name}first build / bare loop", TIMES_THE_LOOP, costs["coterie"].wall / costs["bare loop"].wall),
        (f"{name}nothing changed, seconds", NOTHING_CHANGED, costs["coterie, nothing changed"].alone),
        (f"{name}one changed leaf, seconds", ONE_LEAF, costs["coterie, one changed leaf"].alone),
        (f"{name}check, seconds", CHECKED, costs["coterie check"].alone),
    ]
    return [Promise(words, most[models], value) for words, most, value in found if models in most]


def _publishing(models: int, repeats: int, threads: int) -> None:
    """Every table copied into the serving file and into Parquet."""
    work = who.work(models, threads, who.SERVE, "served")
    contenders = [who.coterie_first(work, "not published", "--no-publish"), who.coterie_first(work, "published")]
    costs = measured(contenders, repeats)
    report(f"first build of {models:,} models, all of them published", costs, "not published")
    with_it, without = costs["published"], costs["not published"]
    wall, cpu = with_it.wall - without.wall, with_it.cpu - without.cpu
    print(f"  publishing by itself: {wall:.3f} s, CPU {cpu:.3f} s, {1_000 * cpu / models:.1f} ms of it a table")


def _side_by_side(models: int, repeats: int, threads: int, *, with_dbt: bool, with_sqlmesh: bool) -> None:
    work = who.work(models, threads, name="side-by-side")
    contenders = [who.bare_loop(work), who.coterie_first(work), who.coterie_again(work), who.coterie_leaf(work)]
    contenders += who.dbt(work) if with_dbt else []
    contenders += who.sqlmesh(work) if with_sqlmesh else []
    report(f"side by side, {models:,} models", measured(contenders, repeats), "coterie")


def _growth(threads: int) -> list[Promise]:
    verbs = ("ls", "plan", "check", "build")
    empty = {verb: cost.cpu for verb, cost in _costs_of(2, threads, verbs).items()}
    points: dict[str, list[tuple[int, float]]] = {verb: [] for verb in verbs}
    for size in SIZES:
        costs = _costs_of(size, threads, verbs)
        for verb in verbs:
            points[verb].append((size, costs[verb].cpu - empty[verb]))
    growth.report(points, BENCH / "overhead" / "growth.svg")
    largest = who.work(SIZES[-1], threads, f"warehouse:\n  memory_limit: {MEMORY_LIMIT}\n", "tight")
    bare, build = cost_of(who.bare_loop(largest, MEMORY_LIMIT)), cost_of(who.coterie_first(largest))
    own = build.memory - bare.memory
    print(f"\npeak memory at {SIZES[-1]:,} models, the engine limited to {MEMORY_LIMIT}:")
    print(f"  build {build.memory:.0f} MB, bare loop {bare.memory:.0f} MB: the runner itself {own:.0f} MB")
    steep = [Promise(f"{verb}: exponent of growth", STEEPEST, exponent(points[verb])) for verb in verbs]
    return [*steep, Promise(f"the runner's own MB at {SIZES[-1]:,} models", OWN_MEMORY, own)]


def _costs_of(models: int, threads: int, verbs: Sequence[str]) -> dict[str, Cost]:
    work = who.work(models, threads, name="growth")
    contenders = [Contender(verb, who.coterie(work, verb), who.REPOSITORY) for verb in verbs[:-1]]
    contenders.append(who.coterie_first(work, verbs[-1]))
    return {each.name: cost_of(each) for each in contenders}


if __name__ == "__main__":
    main()
