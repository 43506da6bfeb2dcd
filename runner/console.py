"""Every word the runner says: data to stdout, talk and progress to stderr.

Nothing below this module prints. rich is loaded only where a person is watching.
"""

from __future__ import annotations

import linecache
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from typing import Any

import click

from runner.building import Events, Note, Planned, Published
from runner.errors import CoterieError, ExitCode, Place, Problems, worst
from runner.execute import Result, Started
from runner.freshness import SourceAge
from runner.nodes import DataTest, Source
from runner.plan import Plan
from runner.showing import Shown
from runner.unit_tests import Outcome
from runner.warehouse import interrupt_all

MASK = "•••"
E_MAIL = re.compile(r"[^@\s'\"]+@[^@\s'\"]+\.[^@\s'\"]+")
Masked = Callable[[DataTest, str, object], bool]
STATUS_STYLE = {"ok": "green", "warned": "yellow", "failed": "red", "skipped": "bright_black"}
SLOWEST = 5


def talk(text: str = "", style: str | None = None) -> None:
    click.secho(text, err=True, fg=style)


def answer(text: str) -> None:
    """Data: what somebody may pipe into another program."""
    click.echo(text)


def show_error(error: CoterieError) -> None:
    for each in error.errors if isinstance(error, Problems) else (error,):
        _show_one(each)


def _show_one(error: CoterieError) -> None:
    where = f"{error.place}: " if error.place else ""
    message = E_MAIL.sub(MASK, error.message)
    click.secho(f"{where}error: {message}", err=True, fg="red", bold=True)
    if error.place is not None:
        _show_excerpt(error.place)
    for place in error.called_from:
        talk(f"  called from {place}", "bright_black")
    if error.hint:
        talk(f"  hint: {error.hint}", "cyan")


def _show_excerpt(place: Place) -> None:
    line = (place.excerpt or linecache.getline(place.path, place.line).rstrip("\n")).replace("\t", " ")
    if not line.strip():
        return
    start = max(0, place.column - 100)
    talk(f"    {line[start : start + 140].rstrip()}")
    talk("    " + " " * (place.column - 1 - start) + "^", "red")


def follow(events: Events, is_masked: Masked) -> list[Result]:
    """Show a run while it happens; its results come back."""
    started = time.perf_counter()
    results: list[Result] = []
    published: Published | None = None
    with closing(events), _progress() as progress:
        for event in events:
            if isinstance(event, Note):
                talk(event.text, "yellow")
            elif isinstance(event, Planned):
                progress.planned(event.plan)
            elif isinstance(event, Started):
                progress.started(event)
            elif isinstance(event, Published):
                published = event
            else:
                results.append(event)
                progress.finished(event)
    _show_troubles(results, is_masked)
    _show_slowest(results)
    _show_summary(results, time.perf_counter() - started)
    if published is not None:
        _show_published(published)
    return results


class _Progress:
    """On a terminal a bar, the running models, the time; elsewhere a plain line per step."""

    def __init__(self, bar: Any = None) -> None:
        self._bar, self._task = bar, bar.add_task("", total=None, running="") if bar else None
        self._running: dict[str, None] = {}
        self._total = self._done = 0

    def planned(self, plan: Plan) -> None:
        self._total = len(plan.steps)

    def started(self, event: Started) -> None:
        self._running[event.step.name] = None
        self._refresh()

    def finished(self, result: Result) -> None:
        self._done += 1
        self._running.pop(result.step.name, None)
        if self._bar is None:
            talk(f"{self._done:>5}/{self._total} {_line(result)}")
        elif result.status in ("failed", "warned"):
            self._bar.console.print(_line(result), style=STATUS_STYLE[result.status], markup=False)
        self._refresh()

    def _refresh(self) -> None:
        if self._bar is not None:
            running = ", ".join(self._running)[:60]
            self._bar.update(self._task, total=self._total, completed=self._done, running=running)


@contextmanager
def _progress() -> Iterator[_Progress]:
    if not sys.stderr.isatty():
        yield _Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    running = TextColumn("{task.fields[running]}")
    columns = (BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(), running)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Progress(bar)


def _line(result: Result) -> str:
    node = result.step.compiled.node
    name = node.name if isinstance(node, DataTest) else node.relation.address
    detail = ""
    if result.rows is not None:
        detail = f"{result.rows:,} rows"
    elif result.failures:
        detail = f"{result.failures:,} failing"
    elif result.because:
        detail = f"because of {result.because}"
    return f"{result.status:<8}{node.kind:<7}{name[:52]:<52} {detail:<18}{result.seconds:>8.2f} s"


def _show_troubles(results: list[Result], is_masked: Masked) -> None:
    for result in results:
        if result.error is not None:
            talk()
            _show_one(result.error)
        elif result.status in ("failed", "warned"):
            _show_test(result, is_masked)


def _show_test(result: Result, is_masked: Masked) -> None:
    node = result.step.compiled.node
    assert isinstance(node, DataTest)
    word = "error" if result.status == "failed" else "warning"
    rows = "row" if result.failures == 1 else "rows"
    style = STATUS_STYLE[result.status]
    talk(f"\n{node.place}: {word}: test {node.name}: {result.failures:,} failing {rows}", style)
    for row in result.sample:
        cells = (
            f"{name}={MASK if is_masked(node, name, value) else value}" for name, value in zip(result.columns, row)
        )
        talk("    " + ", ".join(cells)[:300])
    talk(f"  hint: coterie show {node.name} lists them all", "cyan")


def _show_slowest(results: list[Result]) -> None:
    slowest = sorted(results, key=lambda each: -each.seconds)[:SLOWEST]
    if len(results) > SLOWEST and slowest[0].seconds >= 0.05:
        steps = ", ".join(f"{each.step.name} {each.seconds:.2f} s" for each in slowest)
        talk(f"\nslowest: {steps}", "bright_black")


def _show_summary(results: list[Result], seconds: float) -> None:
    counts = dict.fromkeys(STATUS_STYLE, 0)
    for result in results:
        counts[result.status] += 1
    made = sum(not isinstance(each.step.compiled.node, (DataTest, Source)) for each in results)
    tests = sum(isinstance(each.step.compiled.node, DataTest) for each in results)
    told = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    style = "red" if counts["failed"] else "yellow" if counts["warned"] else "green"
    talk(f"{made} tables and views, {tests} tests in {seconds:.1f} s: {told or 'nothing to do'}", style)


def _show_published(published: Published) -> None:
    if published.path is not None:
        talk(f"published {published.path} in {published.seconds:.1f} s", "green")
        return
    talk(f"not published: {published.because}", "yellow")
    for address in published.stale:
        talk(f"  {address}", "yellow")


def show_plan(plan: Plan, note: str) -> None:
    if note:
        talk(note, "yellow")
    for step in plan.steps:
        if not isinstance(step.compiled.node, DataTest):
            answer(f"{step.kind:<8}{step.name:<48} {step.reason}")
    tests = [step for step in plan.steps if isinstance(step.compiled.node, DataTest)]
    reasons: dict[str, int] = {}
    for step in plan.steps:
        word = step.reason.partition(":")[0]
        reasons[word] = reasons.get(word, 0) + 1
    talk(
        f"{len(plan.steps) - len(tests)} tables and views, {len(tests)} tests; "
        + ", ".join(f"{count} {word}" for word, count in sorted(reasons.items()))
    )


def show_unit_tests(outcomes: Iterable[Outcome]) -> ExitCode:
    """A line per unit test; for a failed one the rows that are missing and unexpected."""
    passed, codes = 0, []
    for outcome in outcomes:
        test = outcome.test
        if outcome.is_passed:
            passed += 1
            continue
        codes.append(outcome.error.exit_code if outcome.error else ExitCode.DATA)
        if outcome.error is not None:
            talk(f"{test.place}: unit test {test.name} of {test.model}", "red")
            _show_one(outcome.error)
            continue
        talk(f"{test.place}: error: unit test {test.name} of {test.model}", "red")
        talk("    " + " | ".join(outcome.columns))
        for sign, rows in (("- ", outcome.missing), ("+ ", outcome.unexpected)):
            for row in rows:
                talk(f"  {sign}" + " | ".join(_cell(value) or "null" for value in row))
        talk("  hint: - is expected and missing, + is there and not expected", "cyan")
    talk(f"{passed} unit tests passed, {len(codes)} failed", "red" if codes else "green")
    return worst(codes)


def show_ages(ages: Sequence[SourceAge]) -> None:
    """A line per source on stdout: how old it is, and how old it may be."""
    columns = ("status", "source", "loaded at", "age", "warn after", "error after")
    rows = [
        (each.status, each.source, _moment(each.max_loaded_at), each.told_age, each.warn_after, each.error_after)
        for each in ages
    ]
    show(Shown(columns, tuple(rows)))
    late = sum(each.status != "pass" for each in ages)
    at = f" at {_moment(ages[0].snapshotted_at)}" if ages else ""
    talk(f"{len(ages)} sources{at}: {len(ages) - late} in time, {late} late", "yellow" if late else "green")


def _moment(value: datetime | None) -> str:
    return "" if value is None else value.strftime("%Y-%m-%d %H:%M:%S")


def show(shown: Shown) -> None:
    """A plain aligned table on stdout; numbers to the right."""
    columns, rows = shown.columns, shown.rows
    if shown.note:
        talk(shown.note, "yellow")
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max([len(name), *(len(row[at]) for row in cells)]) for at, name in enumerate(columns)]
    is_number = [
        bool(rows) and all(isinstance(row[at], (int, float)) or row[at] is None for row in rows)
        for at in range(len(columns))
    ]

    def line(values: Sequence[str]) -> str:
        aligned: list[str] = []
        for value, width, right in zip(values, widths, is_number):
            aligned.append(value.rjust(width) if right else value.ljust(width))
        return "  ".join(aligned).rstrip()

    answer(line(list(columns)))
    answer("  ".join("-" * width for width in widths))
    for row in cells:
        answer(line(row))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return str(value).replace("\n", " ")


def guarded(action: Callable[[], ExitCode | None]) -> ExitCode:
    """Run a verb; show its error and turn it into the exit code. The only catch of all."""

    def interrupt(*_: object) -> None:
        interrupt_all()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        return action() or ExitCode.OK
    except CoterieError as e:
        show_error(e)
        return e.exit_code
    except (KeyboardInterrupt, RuntimeError) as e:
        if isinstance(e, RuntimeError) and "interrupted" not in str(e):  # so DuckDB tells it
            raise
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one must not spoil the farewell
        talk("interrupted; the last published version stays as it was", "yellow")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        with suppress(OSError):
            sys.stdout.close()
        return ExitCode.OK
