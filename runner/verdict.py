"""What became of a step, of a unit test, or of a whole verb, as every report tells it; rows as text. Pure."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import NoneType
from typing import Any

from runner.errors import CoterieError, Place
from runner.execute import Result
from runner.lint import Finding
from runner.plan import UNCHANGED
from runner.unit_tests import Outcome

STATUSES = ("ok", UNCHANGED, "warned", "failed", "skipped")
Judged = Result | Outcome | CoterieError | Finding
Rows = Iterable[Sequence[Any]]
MARKDOWN_SIGNS = str.maketrans({"<": "&lt;", **{sign: f"\\{sign}" for sign in "\\|`*_"}})


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
    step, failures, because = result.step, result.failures, result.because
    place = step.compiled.node.place
    known = Verdict(step.kind, step.name, result.status, place, result.seconds, because or step.reason, result.rows)
    if result.status == "skipped":
        return replace(known, message=f"because of {because}")
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
    told = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    made = len(done) - tests - sources
    return f"{made} tables and views, {tests} tests in {seconds:.1f} s: {told or 'nothing to do'}"


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
    is_number = [
        bool(values) and all(isinstance(row[at], (int, float, NoneType)) for row in values)
        for at in range(len(columns))
    ]
    return [[cell(value) for value in row] for row in values], is_number
