"""Where the time of a run went, beside what the same steps cost before. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

from runner.execute import Result
from runner.history import EarlierStep
from runner.nodes import DataTest

COLUMNS = ("name", "seconds", "seconds_before", "ratio", "rows", "rows_before", "bytes", "bytes_before")


@dataclass(frozen=True)
class Measured:
    """One table or view of this run, and the same when it was last made for readers."""

    now: Result
    before: EarlierStep

    @property
    def ratio(self) -> float | None:
        """How many times as long as before."""
        return self.now.seconds / self.before.seconds if self.before.seconds else None

    @property
    def row(self) -> tuple[str | float | None, ...]:
        """Below COLUMNS."""
        now, before = self.now, self.before
        times = (round(now.seconds, 4), before.seconds, self.ratio and round(self.ratio, 2))
        return (now.step.name, *times, now.rows, before.rows, now.bytes, before.bytes)


@dataclass(frozen=True)
class Performance:
    steps: tuple[Measured, ...]
    """The slowest first."""
    path: tuple[Result, ...]
    """The critical path: no number of cores makes a run shorter than these steps, one after the other."""

    def __str__(self) -> str:
        seconds, names = sum(each.seconds for each in self.path), " → ".join(each.step.name for each in self.path)
        return f"critical path: {seconds:.2f} s{names and ', '}{names}"


def performance_of(results: Sequence[Result], earlier: Mapping[str, EarlierStep]) -> Performance:
    return Performance(performance(results, earlier), critical_path(results))


def performance(results: Iterable[Result], earlier: Mapping[str, EarlierStep]) -> tuple[Measured, ...]:
    """Of what was made in this run."""
    tables = (each for each in results if not isinstance(each.step.compiled.node, DataTest))
    made = (each for each in tables if each.status not in ("skipped", "unchanged"))
    measured = (Measured(each, earlier.get(each.step.name, EarlierStep())) for each in made)
    return tuple(sorted(measured, key=lambda each: (-each.now.seconds, each.now.step.name)))


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
