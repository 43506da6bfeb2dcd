"""What became of a step, of a unit test, or of a whole verb, as every report tells it. Pure."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from runner.errors import CoterieError, Place
from runner.execute import Result
from runner.lint import Finding
from runner.nodes import DataTest, Source
from runner.plan import UNCHANGED
from runner.tables import cell
from runner.unit_tests import Outcome

STATUSES = ("ok", UNCHANGED, "warned", "failed", "skipped")
Judged = Result | Outcome | CoterieError | Finding


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
    if isinstance(event, CoterieError):
        return _blamed(Verdict("problem", event.place.path if event.place else "", "failed", Place("")), event)
    if isinstance(event, Finding):
        return Verdict("lint", event.rule, "warned", event.place, message=event.message, hint=event.hint)
    known = _of_unit_test(event) if isinstance(event, Outcome) else _of_step(event)
    return known if event.error is None else _blamed(known, event.error)


def _blamed(known: Verdict, error: CoterieError) -> Verdict:
    return replace(known, place=error.place or known.place, message=error.message, hint=error.hint, is_error=True)


def _of_unit_test(outcome: Outcome) -> Verdict:
    test, missing, unexpected = outcome.test, outcome.missing, outcome.unexpected
    known = Verdict(test.kind, test.name, "failed", test.place, outcome.seconds, model=test.model)
    if outcome.is_passed:
        return replace(known, status="ok")
    rows = [("-", row) for row in missing] + [("+", row) for row in unexpected]
    told = (f"{sign} " + " | ".join(cell(value) or "null" for value in row) for sign, row in rows)
    return replace(
        known,
        failures=len(rows),
        message=f"{len(missing)} rows missing, {len(unexpected)} not expected",
        hint="- is expected and missing, + is there and not expected",
        lines=("  " + " | ".join(outcome.columns), *told),
    )


def _of_step(result: Result) -> Verdict:
    step, failures = result.step, result.failures
    known = Verdict(
        *(step.kind, step.name, result.status, step.compiled.node.place, result.seconds),
        *(result.because or step.reason, result.rows, failures),
    )
    if result.status == "skipped":
        return replace(known, message=f"because of {result.because}")
    if result.status not in ("failed", "warned"):
        return known
    lines = (", ".join(f"{name}={cell(value)}" for name, value in zip(result.columns, row)) for row in result.sample)
    return replace(
        known,
        message=f"{failures:,} failing {'row' if failures == 1 else 'rows'}",
        hint=f"coterie show {step.name} lists them all",
        lines=tuple(each[:300] for each in lines),
    )


def summary(results: Iterable[Result], seconds: float) -> str:
    every = list(results)
    counts = Counter(each.status for each in every)
    done = [each.step.compiled.node for each in every if each.status != UNCHANGED]
    made = sum(not isinstance(node, (DataTest, Source)) for node in done)
    tests = sum(isinstance(node, DataTest) for node in done)
    told = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    return f"{made} tables and views, {tests} tests in {seconds:.1f} s: {told or 'nothing to do'}"
