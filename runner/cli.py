"""The verbs. Each reads like the story; what it needs is loaded when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from runner.building import Target
    from runner.compile import Manifest
    from runner.errors import ExitCode

DIRECTORY = click.Path(file_okay=False, resolve_path=True, path_type=Path)


@dataclass(frozen=True)
class Options:
    """What every verb that reads a project is told."""

    project_dir: Path | None
    target_dir: Path | None
    vars: str | None
    as_of: str | None
    threads: int | None


def project_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The options that all verbs share; they arrive as one Options."""
    shared = (
        click.option("--project-dir", type=DIRECTORY, help="Folder of project.yml."),
        click.option("--target-dir", type=DIRECTORY, help="Folder for all that is written."),
        click.option("--vars", metavar="YAML", help="Vars for this run: '{name: value}'."),
        click.option("--as-of", metavar="DATE", help="The clock: a date, a date and time, today."),
        click.option("--threads", type=click.IntRange(1), help="Cores that may be used."),
    )
    for option in reversed(shared):
        verb = option(verb)
    return verb


def selection(verb: Callable[..., Any]) -> Callable[..., Any]:
    verb = click.option("--exclude", multiple=True, metavar="SELECT", help="All but these.")(verb)
    verb = click.option("--select", "-s", multiple=True, metavar="SELECT", help="Only these.")(verb)
    return click.argument("names", nargs=-1, metavar="[SELECT]...")(verb)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="coterie")
def main() -> None:
    """Customer segments as code: SQL models, built in DuckDB, tested, published."""


@main.command()
@project_options
def check(**given: Any) -> None:
    """Compile and bind everything on empty tables; no data needed.

    Example: coterie check
    """

    def story() -> ExitCode:
        from runner import binding, console, privacy
        from runner.errors import ExitCode, Problems
        from runner.warehouse import Warehouse

        manifest = _manifest(Options(**given))
        with Warehouse(None) as warehouse:
            bound = binding.bind(manifest, warehouse)
        leaks = privacy.leaks(manifest, bound.columns) if not bound.errors else ()
        if bound.errors or leaks:
            raise Problems([*bound.errors, *leaks])
        models, tests = len(manifest.project.models), len(manifest.project.tests)
        console.talk(f"{models} models and {tests} tests are sound", "green")
        return ExitCode.OK

    _exit(story)


@main.command()
@selection
@project_options
def ls(
    names: tuple[str, ...], select: tuple[str, ...], exclude: tuple[str, ...], **given: Any
) -> None:
    """List what a selection means, in build order.

    Example: coterie ls +seg_at_risk_high_value
    """

    def story() -> ExitCode:
        from runner import console
        from runner.errors import ExitCode
        from runner.selection import select as selected

        manifest = _manifest(Options(**given))
        chosen = selected(manifest, names + select, exclude)
        for name in manifest.graph.order:
            if name in chosen:
                console.answer(name)
        return ExitCode.OK

    _exit(story)


@main.command()
@click.argument("name")
@click.option("--sql", is_flag=True, help="The compiled SQL instead of rows.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows.")
@click.option("--cte", metavar="NAME", help="The rows of one of the model's CTEs.")
@project_options
def show(name: str, sql: bool, limit: int, cte: str | None, **given: Any) -> None:
    """Show rows of a model, a test or a CTE; or its compiled SQL.

    Example: coterie show seg_lead --limit 5
    """

    def story() -> ExitCode:
        from runner import console, showing
        from runner.errors import ExitCode

        options = Options(**given)
        manifest = _manifest(options)
        if sql:
            console.answer(showing.compiled_sql(manifest, name))
            return ExitCode.OK
        shown = showing.rows(manifest, _target(manifest, options), name, cte, limit)
        if shown.note:
            console.talk(shown.note, "yellow")
        console.show_rows(shown.columns, shown.rows)
        return ExitCode.OK

    _exit(story)


@main.command()
@selection
@project_options
def plan(
    names: tuple[str, ...], select: tuple[str, ...], exclude: tuple[str, ...], **given: Any
) -> None:
    """Show what build would do, and why. Touches nothing.

    Example: coterie plan seg_loyal_high_value+
    """

    def story() -> ExitCode:
        from runner import building, console
        from runner.errors import ExitCode

        options = Options(**given)
        manifest = _manifest(options)
        request = building.Request(names + select, exclude)
        console.show_plan(building.foresee(manifest, _target(manifest, options), request))
        return ExitCode.OK

    _exit(story)


@main.command()
@selection
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
@click.option("--no-publish", is_flag=True, help="Build and test, publish nothing.")
@project_options
def build(
    names: tuple[str, ...],
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    fail_fast: bool,
    no_publish: bool,
    **given: Any,
) -> None:
    """Build seeds, models and tests; publish if all is well.

    Example: coterie build --as-of 2026-11-01
    """

    def story() -> ExitCode:
        from runner import building, console, showing
        from runner.errors import worst

        options = Options(**given)
        manifest = _manifest(options)
        target = _target(manifest, options)
        request = building.Request(names + select, exclude, fail_fast, not no_publish)
        events = building.build(manifest, target, request)
        results = console.follow(events, showing.masked_columns(manifest))
        summary = showing.summary(manifest, target, results)
        if summary is not None:
            console.show_rows(summary.columns, summary.rows)
        return worst(result.exit_code for result in results)

    _exit(story)


@main.command()
@selection
@click.option("--unit", is_flag=True, help="The unit tests, on the rows they state.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
@project_options
def test(
    names: tuple[str, ...],
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    unit: bool,
    fail_fast: bool,
    **given: Any,
) -> None:
    """Run the data tests on what stands, or the unit tests.

    Example: coterie test seg_lead --unit
    """

    def story() -> ExitCode:
        from runner import building, console, showing, unit_tests
        from runner.errors import worst

        options = Options(**given)
        manifest = _manifest(options)
        request = building.Request(names + select, exclude, fail_fast)
        if unit:
            outcomes = unit_tests.run(manifest, request.select, request.exclude)
            return console.show_unit_tests(outcomes)
        events = building.test(manifest, _target(manifest, options), request)
        results = console.follow(events, showing.masked_columns(manifest))
        return worst(result.exit_code for result in results)

    _exit(story)


@main.command()
@click.option(
    "--customers", type=click.IntRange(1), default=10_000, show_default=True, help="How many."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another shop.")
@click.option("--chunk-size", type=click.IntRange(1), default=50_000, help="Customers per file.")
@click.option("--output", type=DIRECTORY, help="Folder of the shop [target/demo].")
@click.option("--truth", type=DIRECTORY, help="Folder of the ground truth [target/demo_truth].")
@project_options
def demo(
    customers: int,
    seed: int,
    chunk_size: int,
    output: Path | None,
    truth: Path | None,
    **given: Any,
) -> None:
    """Write a synthetic shop as Parquet, and its ground truth beside it.

    Example: coterie demo --customers 10000 --seed 1
    """

    def story() -> ExitCode:
        from runner import console
        from runner import demo as shop
        from runner.errors import ExitCode

        options = Options(**given)
        _enter(options.project_dir)
        wanted = shop.Shop(customers, seed, chunk_size, output, truth, options.threads)
        console.talk(f"a shop of {customers:,} customers, seed {seed}")
        for line in shop.write(wanted, options.target_dir):
            console.talk(line)
        console.answer(str(wanted.output_folder(options.target_dir)))
        return ExitCode.OK

    _exit(story)


def _enter(project_dir: Path | None) -> None:
    """Every path in a message is relative to the project's folder."""
    from runner.errors import AuthorError

    if project_dir is not None:
        if not project_dir.is_dir():
            raise AuthorError(
                f"no folder {project_dir}", hint="--project-dir names project.yml's folder"
            )
        os.chdir(project_dir)


def _manifest(options: Options) -> Manifest:
    import gc

    from runner.compile import compile_project
    from runner.project import load_project

    gc.disable()  # one short run: what is read now is needed to the end
    _enter(options.project_dir)
    return compile_project(load_project(_overrides(options), os.environ))


def _target(manifest: Manifest, options: Options) -> Target:
    from runner.building import target_of

    return target_of(manifest.project.file, options.target_dir, options.threads)


def _overrides(options: Options) -> Mapping[str, Any]:
    from runner.overrides import overrides

    return overrides(options.vars, options.as_of)


def _exit(story: Callable[[], ExitCode]) -> None:
    from runner.console import guarded

    sys.exit(int(guarded(story)))


if __name__ == "__main__":
    main()
