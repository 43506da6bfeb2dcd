"""Every word the runner says: data to stdout, talk and progress to stderr.

Nothing below this module prints. rich is loaded only where a person is watching.
"""

from __future__ import annotations

import linecache
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import singledispatch
from typing import Any

import click

from runner.building import Note, Planned
from runner.errors import CoterieError, ExitCode, Place, worst
from runner.execute import Result, Started
from runner.foresight import Moves
from runner.freshness import SourceAge
from runner.lint import Finding
from runner.nodes import DataTest
from runner.performance import COLUMNS, Performance
from runner.plan import UNCHANGED, Plan
from runner.publish import Published
from runner.unit_tests import Outcome
from runner.voice import Event, Finished, Ran, Voice, aligned, summary, verdict
from runner.warehouse import Row, interrupt_all

STATUS_STYLE = {"failed": "red", "warned": "yellow"}
LEVEL_STYLE = {"success": "green", "info": None, "warning": "yellow", "error": "red"}
SLOWEST = 5


def talk(text: str = "", style: str | None = None) -> None:
    click.secho(text, err=True, fg=style)


def answer(text: str) -> None:
    """Data: what somebody may pipe into another program."""
    click.echo(text)


@singledispatch
def _tell(event: object) -> None:
    """Nothing, of what people need not hear."""


@_tell.register
def _show_error(error: CoterieError) -> None:
    callers = [click.style(f"  called from {place}", "bright_black") for place in error.called_from]
    _complain("error", error.place, error.message, [*_excerpt(error.place or Place("")), *callers], error.hint)


@_tell.register
def _show_finding(found: Finding) -> None:
    _complain("warning", found.place, f"{found.message} [{found.rule}]", _excerpt(found.place), found.hint)


def _complain(word: str, place: Place | None, message: str, lines: Iterable[str], hint: str) -> None:
    talk(f"{f'{place}: ' if place else ''}{word}: {message}", LEVEL_STYLE[word])
    for line in lines:
        talk(line)
    if hint:
        talk(f"  hint: {hint}", "cyan")


def _excerpt(place: Place) -> list[str]:
    """The line, and a caret below the column."""
    line = (place.excerpt or linecache.getline(place.path, place.line).rstrip("\n")).replace("\t", " ")
    start = max(0, place.column - 100)
    caret = " " * (place.column - 1 - start) + "^"
    return [f"    {line[start : start + 140].rstrip()}", click.style(f"    {caret}", "red")] if line.strip() else []


@_tell.register
def _show_note(note: Note) -> None:
    talk(note.text, LEVEL_STYLE[note.level])


class Text:
    """The listener for people: on a terminal a bar and what is running; elsewhere a plain line per step."""

    def __init__(self) -> None:
        self._total = self._done = 0
        self._running: dict[str, None] = {}
        self._bar: Any = None

    def hear(self, event: Event) -> None:
        match event:
            case Planned():
                self._total = len(event.plan.due)
            case Started():
                self._running[event.step.name] = None
                if self._bar is None and sys.stderr.isatty():
                    self._bar = _bar()
            case Result():
                self._finished(event)
            case _:
                if self._bar is not None:
                    self._bar.stop()
                    self._bar = None
                _tell(event)
        if self._bar is not None:
            running = ", ".join(self._running)[:60]
            self._bar.update(self._bar.task_ids[0], total=self._total, completed=self._done, description=running)

    def _finished(self, result: Result) -> None:
        if result.status == UNCHANGED:
            return
        self._done += 1
        self._running.pop(result.step.name, None)
        if self._bar is None:
            talk(f"{self._done:>5}/{self._total} {_line(result)}")
        elif result.status in STATUS_STYLE:
            self._bar.console.print(_line(result), style=STATUS_STYLE[result.status], markup=False)


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = (BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn(), "{task.description}")
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("", total=None)
    bar.start()
    return bar


def _line(result: Result) -> str:
    node = result.step.compiled.node
    name = node.name if isinstance(node, DataTest) else node.relation.address
    detail = f"because of {result.because}" if result.because else ""
    if result.rows is not None:
        detail = f"{result.rows:,} rows"
    elif result.failures:
        detail = f"{result.failures:,} failing"
    return f"{result.status:<7} {node.kind:<8} {name[:52]:<52} {detail:<18}{result.seconds:>8.2f} s"


@_tell.register
def _show_run(ran: Ran) -> None:
    for result in ran.results:
        if result.status in STATUS_STYLE:
            talk()
            _show_trouble(result)
    slowest = sorted(ran.results, key=lambda each: -each.seconds)[:SLOWEST]
    if len(ran.results) > SLOWEST and slowest[0].seconds >= 0.05:
        steps = ", ".join(f"{each.step.name} {each.seconds:.2f} s" for each in slowest)
        talk(f"\nslowest: {steps}", "bright_black")
    seen = {each.status for each in ran.results}
    style = next((style for status, style in STATUS_STYLE.items() if status in seen), "green")
    talk(summary(ran.results, ran.seconds), style)


def _show_trouble(event: Result | Outcome) -> None:
    if event.error is not None:
        _show_error(event.error)
        return
    told = verdict(event)
    word = "error" if told.status == "failed" else "warning"
    _complain(word, told.place, f"{told.title}: {told.message}", [f"    {line}" for line in told.lines], told.hint)


@_tell.register
def _show_outcome(outcome: Outcome) -> None:
    """Nothing for a unit test that passed."""
    if outcome.error is not None:
        talk(f"{outcome.test.place}: unit test {outcome.test.name} of {outcome.test.model}", "red")
    if not outcome.is_passed:
        _show_trouble(outcome)


@_tell.register
def _show_performance(performance: Performance) -> None:
    talk(f"{aligned(COLUMNS, performance.steps)}\n{performance}")


@_tell.register
def _show_published(published: Published) -> None:
    if not published.is_fresh:
        talk(f"nothing to publish: {published.path} is of this state already", "green")
    elif published.path is not None:
        talk(f"published {published.path} in {published.seconds:.1f} s", "green")
    else:
        talk("\n  ".join([f"not published: {published.because}", *published.stale]), "yellow")


def show(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on stdout."""
    answer(aligned(columns, rows))


def show_plan(plan: Plan, voice: Voice) -> None:
    tables = [step for step in plan.steps if not isinstance(step.compiled.node, DataTest)]
    for step in tables:
        answer(f"{step.kind:<9}{step.name:<48} {step.reason}")
    reasons = sorted(Counter(step.reason.partition(":")[0] for step in plan.steps).items())
    told = ", ".join(f"{count} {word}" for word, count in reasons)
    voice.say(Planned(plan))
    voice.note(f"{len(tables)} tables and views, {len(plan.steps) - len(tables)} tests; {told}", "info")


def show_ages(ages: Sequence[SourceAge], voice: Voice) -> None:
    """A line per source: how old it is, and how old it may be."""
    rows = [(each.status, each.source, *_age(each), each.limits.warn_after, each.limits.error_after) for each in ages]
    show(("status", "source", "loaded at", "age", "warn after", "error after"), rows)
    late = sum(each.status != "pass" for each in ages)
    at = f" at {ages[0].snapshotted_at:%Y-%m-%d %H:%M:%S}" if ages else ""
    level = "warning" if late else "success"
    voice.note(f"{len(ages)} sources{at}: {len(ages) - late} in time, {late} late", level)


def _age(each: SourceAge) -> tuple[str, str]:
    if each.max_loaded_at is None:
        return "", "no rows"
    return f"{each.max_loaded_at:%Y-%m-%d %H:%M:%S}", str(each.age).partition(".")[0]


def show_changes(title: str, changes: Sequence[str]) -> None:
    if changes:
        answer("\n".join([f"\n{title}:", *(f"  {change}" for change in changes)]))


def show_moves(moves: Moves) -> None:
    """Rows, then people; nothing of what stays as it is."""
    some = ", ".join
    rows: list[Row] = []
    for relation, diff in moves.rows:
        columns = some(f"{name} {count:,}" for name, count in diff.columns_changed.items())
        rows.append((relation.address, diff.added, diff.removed, diff.changed, columns or diff.because))
    _show_table(("table", "added", "removed", "changed", "in columns"), rows, "no table would hold other rows")
    rows = [(each.origin or "-", each.destination or "-", each.people, some(each.examples)) for each in moves.movements]
    _show_table(("from", "to", "people", "for example"), rows, "nobody would change the primary segment")
    rows = [
        (each.segment, each.entered, each.left, each.stayed, some(each.examples_entered + each.examples_left))
        for each in moves.turnovers
    ]
    _show_table(("overlay", "enter", "leave", "stay", "for example"), rows, "nobody would enter or leave an overlay")


def _show_table(columns: Sequence[str], rows: list[Row], otherwise: str) -> None:
    answer("\n" + (aligned(columns, rows) if rows else otherwise))


def guarded(action: Callable[[], ExitCode | None], voice: Voice) -> ExitCode:
    """Run a verb; tell its error and turn it into the exit code. The only catch of all."""

    def interrupt(*_: object) -> None:
        interrupt_all()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    code = ExitCode.DATA  # what Python itself makes of an error that nobody foresaw
    try:
        code = action() or ExitCode.OK
    except CoterieError as e:
        voice.say(e)
        code = e.exit_code
    except (KeyboardInterrupt, RuntimeError) as e:
        if isinstance(e, RuntimeError) and "interrupted" not in str(e):  # so DuckDB tells it
            raise
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one must not spoil the farewell
        voice.note("interrupted; the last published version stays as it was")
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        with suppress(OSError):
            sys.stdout.close()
        code = ExitCode.OK
    finally:
        code = _ended(voice, code)
    return code


def _ended(voice: Voice, code: ExitCode) -> ExitCode:
    """Reports that are files are written first: the last word knows if one could not be."""
    first, *reports = voice.listeners
    seconds = time.perf_counter() - voice.began
    for listener in reports:
        try:
            listener(Finished(code, seconds))
        except CoterieError as e:
            first(e)
            code = worst((code, e.exit_code))
    first(Finished(code, seconds))
    return code
