"""The verbs. Each reads like the story; what it needs is loaded when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.errors import AuthorError, ExitCode, WorldError, raise_all, worst

if TYPE_CHECKING:
    from runner.compile import Manifest
    from runner.outlook import Request
    from runner.targets import Target
    from runner.voice import Voice

FILE = click.Path(dir_okay=False, resolve_path=True, path_type=Path)
DIRECTORY = click.Path(file_okay=False, resolve_path=True, path_type=Path)
Verb = Callable[..., Any]
Folder = Path | None
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=HELP)
@click.version_option(package_name="coterie")
def main() -> None:
    """Customer segments as code: SQL models, built in DuckDB, tested, published."""


def verb(story: Callable[..., ExitCode | None]) -> Verb:
    """A command with the options that all share; its errors are told, its answer is the exit."""

    @wraps(story)
    def command(*, project_dir: Folder, log_format: str, junit: Path | None = None, **given: Any) -> None:
        from runner import console, reports

        voice = reports.voice_of(story.__name__, log_format, junit, os.environ)

        def told() -> ExitCode | None:
            """Every path in a message is relative to the project's folder."""
            if project_dir is not None and not project_dir.is_dir():
                raise AuthorError(f"no folder {project_dir}", hint="--project-dir names the folder of project.yml")
            os.chdir(project_dir or ".")
            return story(voice, **given)

        sys.exit(int(console.guarded(told, voice)))

    shared = (
        click.option("--project-dir", type=DIRECTORY, help="Folder of project.yml."),
        click.option("--target-dir", type=DIRECTORY, help="Folder for all that is written."),
        click.option("--vars", "given_vars", metavar="YAML", help="Vars for this run: '{name: value}'."),
        click.option("--as-of", metavar="DATE", help="The clock: a date, a date and time, today."),
        click.option("--threads", type=click.IntRange(1), help="Cores that may be used."),
        click.option(
            "--log-format", type=click.Choice(["text", "json"]), default="text", help="How stderr speaks [text]."
        ),
    )
    for option in shared:
        command = option(command)
    return main.command(context_settings=HELP)(command)


def verb_of_project(story: Callable[..., ExitCode | None]) -> Verb:
    """A verb that is told what the project means, and where it is built."""

    @wraps(story)
    def command(
        voice: Voice, target_dir: Folder, given_vars: str | None, as_of: str | None, threads: int | None, **given: Any
    ) -> ExitCode | None:
        import gc

        from runner import project, targets
        from runner.compile import compile_project

        gc.disable()  # one short run: what is read now is needed to the end
        manifest = compile_project(project.load_project(project.overrides(given_vars, as_of), os.environ))
        return story(voice, manifest, targets.target_of(manifest.project.file, target_dir, threads), **given)

    return verb(command)


def selected(story: Callable[..., ExitCode | None]) -> Verb:
    """A story that is told what to do as one request."""

    @wraps(story)
    def command(
        *context: Any, names: tuple[str, ...], select: tuple[str, ...], exclude: tuple[str, ...], **given: Any
    ) -> ExitCode | None:
        from runner.outlook import Request

        wanted = {each.name: given.pop(each.name) for each in fields(Request) if each.name in given}
        return story(*context, Request(**{**wanted, "select": names + select, "exclude": exclude}), **given)

    command = click.option("--state", type=DIRECTORY, help="Target folder that state: compares with.")(command)
    command = click.option("--exclude", multiple=True, metavar="SELECT", help="All but these.")(command)
    command = click.option("--select", "-s", multiple=True, metavar="SELECT", help="Only these.")(command)
    return click.argument("names", nargs=-1, metavar="[SELECT]...")(command)


reported = click.option("--junit", type=FILE, metavar="FILE", help="Write a JUnit report there.")


@verb_of_project
def check(voice: Voice, manifest: Manifest, target: Target) -> None:
    """Compile and bind everything on empty tables; no data needed.

    Example: coterie check
    """
    from runner import artifacts, binding, lint, privacy, warehouse

    with warehouse.Warehouse(None) as scratch:
        bound = binding.bind(manifest, scratch)
        raise_all(bound.errors)
        for each in lint.lint(manifest, scratch.cursor()):
            voice.say(each)
    raise_all(privacy.leaks(manifest, bound.columns))
    artifacts.artifacts(manifest, target).checked(bound.columns)
    voice.note(f"{len(manifest.project.models)} models and {len(manifest.project.tests)} tests are sound", "success")


@verb_of_project
@selected
def ls(voice: Voice, manifest: Manifest, target: Target, request: Request) -> None:
    """List what a selection means, in build order.

    Example: coterie ls +seg_at_risk_high_value
    """
    from runner import console, outlook

    names = outlook.chosen_names(manifest, target, request)
    for name in manifest.graph.order:
        if name in names:
            console.answer(name)


@verb_of_project
@click.argument("name")
@click.option("--sql", is_flag=True, help="The compiled SQL instead of rows.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="Rows.")
@click.option("--cte", metavar="NAME", help="The rows of one of the model's CTEs.")
def show(voice: Voice, manifest: Manifest, target: Target, name: str, sql: bool, limit: int, cte: str | None) -> None:
    """Show rows of a model, a test or a CTE; or its compiled SQL.

    Example: coterie show seg_lead --limit 5
    """
    from runner import console, showing

    if sql:
        console.answer(showing.compiled_sql(manifest, name))
    else:
        shown = showing.rows(manifest, target, name, cte, limit)
        if shown.note:
            voice.note(shown.note)
        console.show(shown.columns, shown.rows)


@verb_of_project
@selected
@click.option("--diff", is_flag=True, help="Build beside the warehouse: rows and people that would move.")
def plan(voice: Voice, manifest: Manifest, target: Target, request: Request, diff: bool) -> None:
    """Show what build would do, and why, and what would change. Touches nothing.

    Example: coterie plan seg_loyal_high_value+
    """
    from datetime import UTC, datetime

    from runner import console, foresight, outlook

    foreseen, note = outlook.foresee(manifest, target, request)
    if note:
        voice.note(note)
    console.show_plan(foreseen.plan, voice)
    console.show_changes("breaks for readers", foresight.column_changes(manifest, target, foreseen))
    console.show_changes("rules that change", foresight.rule_changes(manifest, target, foreseen))
    if diff and note:
        raise WorldError(note, hint="a comparison needs the warehouse: wait for the build")
    if diff:
        console.show_moves(foresight.moves(manifest, target, foreseen, datetime.now(UTC).isoformat(sep=" ")))


@verb_of_project
@selected
@reported
@click.option("--performance", is_flag=True, help="Tell what each model took, and before.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
@click.option("--no-publish", "publish", flag_value=False, default=True, help="Build and test, publish nothing.")
@click.option("--full-refresh", is_flag=True, help="Everything anew, growing tables too.")
@click.option("--verify", is_flag=True, help="Then build twice anew, in other ways, and compare.")
@click.option("--accept-swing", multiple=True, metavar="SEGMENT", help="Publish it this once, however it moved.")
@click.option("--defer", is_flag=True, help="Read unbuilt parents from the published version.")
def build(
    voice: Voice, manifest: Manifest, target: Target, request: Request, performance: bool, verify: bool
) -> ExitCode:
    """Build seeds, models and tests; publish if all is well.

    Example: coterie build --as-of 2026-11-01
    """
    from runner import artifacts, building, console, foresight, showing

    told = artifacts.artifacts(manifest, target)
    ran = voice.follow(building.build(manifest, target, request), showing.mask(manifest))
    told.built(ran.results)
    if performance:
        voice.say(ran.performance)
    if summary := showing.summary(manifest, target, ran.results):
        voice.say(summary)
        console.show(summary.columns, summary.rows)
    if verify and not ran.exit_code:
        compared, differing = foresight.verify(manifest, target)
        raise_all(differing)
        voice.note(f"{compared} tables are the same with any threads, in any order, and as they stand", "success")
    return ran.exit_code


@verb_of_project
@selected
@reported
@click.option("--unit", is_flag=True, help="The unit tests, on the rows they state.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first failure.")
def test(voice: Voice, manifest: Manifest, target: Target, request: Request, unit: bool) -> ExitCode:
    """Run the data tests on what stands, or the unit tests.

    Example: coterie test seg_lead --unit
    """
    from runner import artifacts, building, selection, showing, unit_tests

    if (words := selection.unit_test_words(request.select, asked=unit)) is not None:
        return voice.judge(unit_tests.run(manifest, words, request.exclude))
    told = artifacts.artifacts(manifest, target)
    ran = voice.follow(building.test(manifest, target, request), showing.mask(manifest))
    told.tested(ran.results)
    return ran.exit_code


@verb_of_project
@click.option("--list", "lists", is_flag=True, help="The versions that are kept.")
@click.option("--rollback", is_flag=False, flag_value="", metavar="[RUN]", help="Back to the version before, or RUN's.")
def publish(voice: Voice, manifest: Manifest, target: Target, lists: bool, rollback: str | None) -> ExitCode | None:
    """Publish what stands, show what was published, or go back.

    Example: coterie publish --list
    """
    from runner import building, console, targets

    if target.serve is None:
        raise AuthorError("this project publishes nothing", hint="say where under `serve:` in project.yml")
    if rollback is not None:
        voice.note(f"readers open {targets.roll_back(target.serve, rollback)} from now on", "success")
    elif lists:
        console.show(targets.RELEASE, targets.releases(target.serve))
    else:
        published = building.publish_standing(manifest, target)
        voice.say(published)
        for each in published.held:
            voice.say(each.error)
        return ExitCode.OK if published.path else ExitCode.DATA
    return None


@verb_of_project
@selected
def freshness(voice: Voice, manifest: Manifest, target: Target, request: Request) -> ExitCode:
    """Say how old the sources are; exit 1 where one is too old.

    Example: coterie freshness source:store
    """
    from runner import artifacts, console
    from runner.freshness import source_ages

    told = artifacts.artifacts(manifest, target)
    ages = list(source_ages(manifest, target, request))
    console.show_ages(ages, voice)
    told.freshened(ages)
    return worst(each.exit_code for each in ages)


@verb
@click.option("--customers", type=click.IntRange(1), default=10_000, help="How many [10,000].")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another shop.")
@click.option("--chunk-size", type=click.IntRange(1), default=50_000, help="Customers per file.")
@click.option("--output", type=DIRECTORY, help="Folder of the shop [target/demo].")
@click.option("--truth", type=DIRECTORY, help="Folder of the ground truth [target/demo_truth].")
def demo(
    voice: Voice, target_dir: Folder, output: Folder, truth: Folder, given_vars: object, as_of: object, **given: Any
) -> None:
    """Write a synthetic shop as Parquet, and its ground truth beside it.

    Example: coterie demo --customers 10000 --seed 1
    """
    from runner import console
    from runner import demo as shop

    home = target_dir or Path("target")
    wanted = shop.Shop(output or home / "demo", truth or home / "demo_truth", **given)
    voice.note(f"a shop of {wanted.customers:,} customers, seed {wanted.seed}", "info")
    for line in shop.write(wanted):
        voice.note(line, "info")
    console.answer(str(wanted.output))


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
