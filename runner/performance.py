"""Where the time of a run went, beside what the same steps cost before. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from runner.config import stored
from runner.execute import Result
from runner.nodes import DataTest
from runner.warehouse import Cursor, Row

COLUMNS = ("name", "seconds", "seconds_before", "ratio", "rows", "rows_before", "bytes", "bytes_before")


@dataclass(frozen=True)
class EarlierStep:
    """What a step cost when it was last made for a published version."""

    seconds: float | None = None
    rows: int | None = None
    bytes: int | None = None


def earlier_steps(cursor: Cursor) -> dict[str, EarlierStep]:
    """By step; nothing where no run was published yet."""
    return {name: EarlierStep(*cost) for name, *cost in cursor.rows(stored("records.yml")["queries"]["last_made"])}


@dataclass(frozen=True)
class Performance:
    steps: tuple[Row, ...]
    """Below COLUMNS: each table or view of this run, and the same when it was last made for readers; slowest first."""
    path: tuple[Result, ...]
    """The critical path: no number of cores makes a run shorter than these steps, one after the other."""

    def __str__(self) -> str:
        seconds, names = sum(each.seconds for each in self.path), " → ".join(each.step.name for each in self.path)
        return f"critical path: {seconds:.2f} s{names and ', '}{names}"


def performance(steps: Sequence[Result], earlier: Mapping[str, EarlierStep], sizes: Mapping[str, int]) -> Performance:
    """Of the tables and views that were made in this run."""
    tables = (each for each in steps if not isinstance(each.step.compiled.node, DataTest))
    made = (each for each in tables if each.status not in ("skipped", "unchanged"))
    slowest = sorted(made, key=lambda each: (-each.seconds, each.step.name))
    rows = tuple(_row(each, earlier.get(each.step.name, EarlierStep()), sizes) for each in slowest)
    return Performance(rows, critical_path(steps))


def _row(now: Result, before: EarlierStep, sizes: Mapping[str, int]) -> Row:
    """The ratio says how many times as long as before."""
    ratio = round(now.seconds / before.seconds, 2) if before.seconds else None
    name = now.step.name
    return (name, round(now.seconds, 4), before.seconds, ratio, now.rows, before.rows, sizes.get(name), before.bytes)


def critical_path(results: Iterable[Result]) -> tuple[Result, ...]:
    """The chain of steps that waited for each other and took longest in all, tests included."""
    known = {each.step.name: each for each in results}
    waits = {name: [each for each in result.step.waits if each in known] for name, result in known.items()}
    ends: dict[str, float] = {"": 0.0}
    before: dict[str, str] = {}
    for name in TopologicalSorter(waits).static_order():
        before[name] = max(["", *sorted(waits[name])], key=ends.__getitem__)
        ends[name] = known[name].seconds + ends[before[name]]
    at, path = max(sorted(ends), key=ends.__getitem__), []
    while at:
        path.append(known[at])
        at = before[at]
    return tuple(reversed(path))
