"""The verbs. Each reads like the story; what it needs is loaded when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from runner.building import Target
    from runner.compile import Manifest
    from runner.errors import ExitCode

DIRECTORY = click.Path(file_okay=False, resolve_path=True, path_type=Path)
Verb = Callable[..., Any]


@dataclass(frozen=True)
class Options:
    """What every verb that reads a project is told."""

    project_dir: Path | None
    target_dir: Path | None
    vars: str | None
    as_of: str | None
    threads: int | None


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="coterie")
def main() -> None:
    """Customer segments as code: SQL models, built in DuckDB, tested, published."""


def verb(story: Callable[..., ExitCode | None]) -> Verb:
    """A command with the options that all share; its errors are shown, its answer is the exit."""

    @wraps(story)
    def command(**given: Any) -> None:
        from runner.console import guarded

        options = Options(**{each.name: given.pop(each.name) for each in fields(Options)})
        sys.exit(int(guarded(lambda: story(options, **given))))

    shared = (
        click.option("--project-dir", type=DIRECTORY, help="Folder of project.yml."),
        click.option("--target-dir", type=DIRECTORY, help="Folder for all that is written."),
        click.option("--vars", metavar="YAML", help="Vars for this run: '{name: value}'."),
        click.option("--as-of", metavar="DATE", help="The clock: a date, a date and time, today."),
        click.option("--threads", type=click.IntRange(1), help="Cores that may be used."),
    )
    for option in shared:
        command = option(command)
    return main.command()(command)


def selection(command: Verb) -> Verb:
    command = click.option("--exclude", multiple=True, metavar="SELECT", help="All but these.")(command)
    command = click.option("--select", "-s", multiple=True, metavar="SELECT", help="Only these.")(command)
    return click.argument("names", nargs=-1, metavar="[SELECT]...")(command)


Words = tuple[str, ...]


@verb
def check(options: Options) -> None:
    """Compile and bind everything on empty tables; no data needed.

    Example: coterie check
    """
    from runner import binding, console, privacy
    from runner.errors import Problems
    from runner.warehouse import Warehouse

    manifest = _manifest(options)
    with Warehouse(None) as warehouse:
        bound = binding.bind(manifest, warehouse)
    leaks = privacy.leaks(manifest, bound.columns) if not bound.errors else ()
    if bound.errors or leaks:
        raise Problems([*bound.errors, *leaks])
    models, tests = len(manifest.project.models), len(manifest.project.tests)
    console.talk(f"{models} models and {tests} tests are sound", "green")


@verb
@selection
def ls(options: Options, names: Words, select: Words, exclude: Words) -> None:
    """List what a selection means, in build order.

    Example: coterie ls +seg_at_risk_high_value
    """
    from runner import console
    from runner.selection import select as selected

    manifest = _manifest(options)
    chosen = selected(manifest, names + select, exclude)
    for name in manifest.graph.order:
        if name in chosen:
            console.answer(name)


@verb
@click.argument("name")
@click.option("--sql", is_flag=True, help="The compiled SQL instead of rows.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows.")
@click.option("--cte", metavar="NAME", help="The rows of one of the model's CTEs.")
def show(options: Options, name: str, sql: bool, limit: int, cte: str | None) -> None:
    """Show rows of a model, a test or a CTE; or its compiled SQL.

    Example: coterie show seg_lead --limit 5
    """
    from runner import console, showing

    manifest = _manifest(options)
    if sql:
        console.answer(showing.compiled_sql(manifest, name))
    else:
        shown = showing.rows(manifest, _target(manifest, options), name, cte, limit)
        console.show(shown)


@verb
@selection
def plan(options: Options, names: Words, select: Words, exclude: Words) -> None:
    """Show what build would do, and why. Touches nothing.

    Example: coterie plan seg_loyal_high_value+
    """
    from runner import building, console

    manifest = _manifest(options)
    request = building.Request(names + select, exclude)
    console.show_plan(*building.foresee(manifest, _target(manifest, options), request))


@verb
@selection
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
@click.option("--no-publish", is_flag=True, help="Build and test, publish nothing.")
def build(options: Options, names: Words, select: Words, exclude: Words, fail_fast: bool, no_publish: bool) -> ExitCode:
    """Build seeds, models and tests; publish if all is well.

    Example: coterie build --as-of 2026-11-01
    """
    from runner import building, console, showing
    from runner.errors import worst

    manifest = _manifest(options)
    target = _target(manifest, options)
    request = building.Request(names + select, exclude, fail_fast, not no_publish)
    events = building.build(manifest, target, request)
    results = console.follow(events, showing.mask(manifest))
    summary = showing.summary(manifest, target, results)
    if summary is not None:
        console.show(summary)
    return worst(result.exit_code for result in results)


@verb
@selection
@click.option("--unit", is_flag=True, help="The unit tests, on the rows they state.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
def test(options: Options, names: Words, select: Words, exclude: Words, unit: bool, fail_fast: bool) -> ExitCode:
    """Run the data tests on what stands, or the unit tests.

    Example: coterie test seg_lead --unit
    """
    from runner import building, console, showing, unit_tests
    from runner.errors import worst
    from runner.selection import unit_test_words

    manifest = _manifest(options)
    request = building.Request(names + select, exclude, fail_fast)
    words = unit_test_words(request.select)
    chosen = request.select if words is None else words
    if unit or words is not None:
        return console.show_unit_tests(unit_tests.run(manifest, chosen, request.exclude))
    events = building.test(manifest, _target(manifest, options), request)
    results = console.follow(events, showing.mask(manifest))
    return worst(result.exit_code for result in results)


@verb
@selection
def freshness(options: Options, names: Words, select: Words, exclude: Words) -> ExitCode:
    """Say how old the sources are; exit 1 where one is too old.

    Example: coterie freshness source:store
    """
    from datetime import UTC, datetime

    from runner import console
    from runner import freshness as clocks
    from runner.errors import worst

    manifest = _manifest(options)
    target = _target(manifest, options)
    ages = list(clocks.source_ages(manifest, target, names + select, exclude, datetime.now(UTC)))
    console.show_ages(ages)
    return worst(each.exit_code for each in ages)


@verb
@click.option("--customers", type=click.IntRange(1), default=10_000, help="How many [10,000].")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another shop.")
@click.option("--chunk-size", type=click.IntRange(1), default=50_000, help="Customers per file.")
@click.option("--output", type=DIRECTORY, help="Folder of the shop [target/demo].")
@click.option("--truth", type=DIRECTORY, help="Folder of the ground truth [target/demo_truth].")
def demo(options: Options, customers: int, seed: int, chunk_size: int, output: Path | None, truth: Path | None) -> None:
    """Write a synthetic shop as Parquet, and its ground truth beside it.

    Example: coterie demo --customers 10000 --seed 1
    """
    from runner import console
    from runner import demo as shop

    _enter(options.project_dir)
    home = options.target_dir or Path("target")
    output, truth = output or home / "demo", truth or home / "demo_truth"
    console.talk(f"a shop of {customers:,} customers, seed {seed}")
    wanted = shop.Shop(customers, seed, chunk_size, output, truth, options.threads)
    for line in shop.write(wanted):
        console.talk(line)
    console.answer(str(output))


def _enter(project_dir: Path | None) -> None:
    """Every path in a message is relative to the project's folder."""
    from runner.errors import AuthorError

    if project_dir is not None:
        if not project_dir.is_dir():
            raise AuthorError(f"no folder {project_dir}", hint="--project-dir names the folder of project.yml")
        os.chdir(project_dir)


def _manifest(options: Options) -> Manifest:
    import gc

    from runner.compile import compile_project
    from runner.overrides import overrides
    from runner.project import load_project

    gc.disable()  # one short run: what is read now is needed to the end
    _enter(options.project_dir)
    return compile_project(load_project(overrides(options.vars, options.as_of), os.environ))


def _target(manifest: Manifest, options: Options) -> Target:
    from runner.building import target_of

    return target_of(manifest.project.file, options.target_dir, options.threads)


def run() -> None:
    """The command. An interrupt is 130 whenever it comes."""
    try:
        main.main(standalone_mode=False)
    except click.ClickException as e:
        e.show()
        sys.exit(e.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


if __name__ == "__main__":
    run()
