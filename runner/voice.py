"""What a verb says, and who listens: people, machines and CI each have a listener of their own.

Whatever may identify somebody is masked here, once, before anybody hears it.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import NoneType
from typing import Any

from runner.building import Events, Note, Planned
from runner.errors import E_MAIL, CoterieError, ExitCode, Place, Problems, masked, worst
from runner.execute import Result, Started
from runner.lint import Finding
from runner.performance import EarlierStep, Performance, performance
from runner.plan import UNCHANGED
from runner.publish import Published
from runner.showing import Shown
from runner.unit_tests import Outcome

STATUSES = ("ok", UNCHANGED, "warned", "failed", "skipped")
Judged = Result | Outcome | CoterieError | Finding
Rows = Iterable[Sequence[Any]]
MARKDOWN_SIGNS = str.maketrans({"<": "&lt;", **{sign: f"\\{sign}" for sign in "\\|`*_"}})


@dataclass(frozen=True)
class Ran:
    """All steps of a run came to their end."""

    results: tuple[Result, ...]
    seconds: float
    earlier: Mapping[str, EarlierStep]
    published: Published | None = None

    @property
    def exit_code(self) -> ExitCode:
        """Of all that happened: steps that failed, an audience that was held back."""
        held = self.published.held if self.published else ()
        errors = (each.error.exit_code for each in held if each.severity == "error")
        return worst([*(each.exit_code for each in self.results), *errors])

    @property
    def performance(self) -> Performance:
        return performance(self.results, self.earlier, self.published.sizes if self.published else {})


@dataclass(frozen=True)
class Finished:
    """The verb is over, well or not. The last event, and always there."""

    exit_code: ExitCode
    seconds: float


Event = Judged | Note | Planned | Started | Ran | Published | Performance | Shown | Finished


class Voice:
    """Tells each listener what happens, in the order in which it happens."""

    def __init__(self, *listeners: Callable[[Event], None]) -> None:
        self.listeners = list(listeners)
        self.began = time.perf_counter()

    def say(self, event: Event) -> None:
        if isinstance(event, Problems):
            for each in event.errors:
                self.say(each)
            return
        error = event.error if isinstance(event, (Result, Outcome)) else event
        if isinstance(error, CoterieError):
            _hide_addresses(error)
        for listener in self.listeners:
            listener(event)

    def note(self, text: str, level: str = "warning") -> None:
        self.say(Note(text, level))

    def follow(self, events: Events, mask: Callable[[Result], Result]) -> Ran:
        """Tell of a run while it happens; what became of publishing is told when all is over."""
        started = time.perf_counter()
        results: list[Result] = []
        earlier: Mapping[str, EarlierStep] = {}
        published: Published | None = None
        with closing(events):
            for event in events:
                if isinstance(event, Published):
                    published = event
                elif isinstance(event, Result):
                    results.append(mask(event))
                    self.say(results[-1])
                else:
                    earlier = event.earlier if isinstance(event, Planned) else earlier
                    self.say(event)
        ran = Ran(tuple(results), time.perf_counter() - started, earlier, published)
        self.say(ran)
        if published is not None:
            self.say(published)
            for error, severity in ((each.error, each.severity) for each in published.held):
                self.say(error if severity == "error" else Note(f"{error.place}: {error.message}"))
        return ran

    def judge(self, outcomes: Iterable[Outcome]) -> ExitCode:
        """Tell of unit tests while they run."""
        told = []
        for outcome in outcomes:
            self.say(outcome)
            told.append(outcome)
        failed = [each for each in told if not each.is_passed]
        counts = f"{len(told) - len(failed)} unit tests passed, {len(failed)} failed"
        self.note(counts, "error" if failed else "success")
        return worst(each.error.exit_code if each.error else ExitCode.DATA for each in failed)


def _hide_addresses(error: CoterieError) -> None:
    """In the message, and in its place: a line of a CSV file may hold one too."""
    error.message, error.hint = masked(error.message), masked(error.hint)
    if error.place is not None:
        excerpt = E_MAIL.sub(lambda found: "•" * len(found[0]), error.place.excerpt)  # so the caret stays right
        error.place = replace(error.place, excerpt=excerpt)


@dataclass(frozen=True)
class Verdict:
    kind: str
    name: str
    status: str
    place: Place
    seconds: float = 0.0
    reason: str = ""
    rows: int | None = None
    failures: int = 0
    message: str = ""
    hint: str = ""
    lines: tuple[str, ...] = ()
    """A few failing rows."""
    is_error: bool = False
    """It could not be done or judged at all."""
    model: str = ""
    """What a unit test is about."""

    @property
    def title(self) -> str:
        return f"{self.kind.replace('_', ' ')} {self.name}" + (f" of {self.model}" if self.model else "")

    @property
    def text(self) -> str:
        return "\n".join([self.message, *self.lines, *filter(None, [self.hint])])

    def path_from(self, root: Path) -> str:
        """The file as seen from `root`; nothing where it is none: an option of the command line, say."""
        path = self.place.path
        return Path(os.path.relpath(path, root)).as_posix() if Path(path).is_file() else ""


def verdict(event: Judged) -> Verdict:
    if isinstance(event, Finding):
        return Verdict("lint", event.rule, "warned", event.place, message=event.message, hint=event.hint)
    if isinstance(event, CoterieError):
        return _blamed(Verdict("problem", event.place.path if event.place else "", "failed", Place("")), event)
    known = _of_unit_test(event) if isinstance(event, Outcome) else _of_step(event)
    return known if event.error is None else _blamed(known, event.error)


def _blamed(known: Verdict, error: CoterieError) -> Verdict:
    return replace(known, place=error.place or known.place, message=error.message, hint=error.hint, is_error=True)


def _of_unit_test(outcome: Outcome) -> Verdict:
    test, missing, unexpected = outcome.test, outcome.missing, outcome.unexpected
    known = Verdict(test.kind, test.name, "ok", test.place, outcome.seconds, model=test.model)
    if outcome.is_passed:
        return known
    rows = [("-", row) for row in missing] + [("+", row) for row in unexpected]
    told = (f"{sign} " + " | ".join(cell(value) or "null" for value in row) for sign, row in rows)
    lines = ("  " + " | ".join(outcome.columns), *told)
    message = f"{len(missing)} rows missing, {len(unexpected)} not expected"
    hint = "- is expected and missing, + is there and not expected"
    return replace(known, status="failed", failures=len(rows), message=message, hint=hint, lines=lines)


def _of_step(result: Result) -> Verdict:
    step, failures, place = result.step, result.failures, result.step.compiled.node.place
    reason = result.because or step.reason
    known = Verdict(step.kind, step.name, result.status, place, result.seconds, reason, result.rows)
    if result.status == "skipped":
        return replace(known, message=f"because of {result.because}")
    if result.status not in ("failed", "warned"):
        return known
    cells = ([f"{name}={cell(value)}" for name, value in zip(result.columns, row)] for row in result.sample)
    lines = tuple(", ".join(row)[:300] for row in cells)
    message = f"{failures:,} failing {'row' if failures == 1 else 'rows'}"
    hint = f"coterie show {step.name} lists them all"
    return replace(known, failures=failures, message=message, hint=hint, lines=lines)


def summary(results: Iterable[Result], seconds: float) -> str:
    every = list(results)
    counts = Counter(each.status for each in every)
    done = [each.step.kind for each in every if each.status != UNCHANGED]
    tests, sources = done.count("test"), done.count("source")
    told = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status]) or "nothing to do"
    return f"{len(done) - tests - sources} tables and views, {tests} tests in {seconds:.1f} s: {told}"


def aligned(columns: Sequence[str], rows: Rows) -> str:
    """A plain table; numbers to the right."""
    cells, is_number = _cells(columns, rows)
    widths = [max(map(len, column)) for column in zip(columns, *cells)]
    lines = [columns, ["-" * width for width in widths], *cells]
    sides = [str.rjust if right else str.ljust for right in is_number]
    padded = ([side(text, width) for side, text, width in zip(sides, line, widths)] for line in lines)
    return "\n".join("  ".join(line).rstrip() for line in padded)


def markdown(columns: Sequence[str], rows: Rows) -> list[str]:
    cells, is_number = _cells(columns, rows)
    rule = ["---:" if right else "---" for right in is_number]
    lines = [columns, rule, *([escaped(each) for each in row] for row in cells)]
    return ["| " + " | ".join(line) + " |" for line in lines]


def escaped(text: str) -> str:
    """Text that Markdown must take as it is."""
    return " ".join(text.translate(MARKDOWN_SIGNS).split())


def cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return str(value).replace("\n", " ")


def _cells(columns: Sequence[str], rows: Rows) -> tuple[list[list[str]], list[bool]]:
    """Texts, and by column: is there nothing but numbers in it?"""
    values = list(rows)
    kinds = (int, float, NoneType)
    is_number = [all(isinstance(each, kinds) for each in column) for column in zip(*values)] or [False] * len(columns)
    return [[cell(value) for value in row] for row in values], is_number
