"""What the numbers say: the dearest models, what a day costs, and what has to be made again for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

MOST_OF_BARE = 1.1
MOST_MEMORY = 8e9
MOST_OF_EVENTS = 0.05
MOST_OF_ALL = 0.35
MOST_EXPONENT = 1.15
DEAREST = 10

EVENTS = ("web_events", "message_events")
"""Tables of events: whatever reads them, at whatever remove up to a table, is a step at the level of events."""


@dataclass(frozen=True)
class Cost:
    """Of one process: wall and CPU seconds, the most memory it held in bytes, the seconds that publishing took."""

    seconds: float
    cpu: float
    memory: int
    publishing: float


@dataclass(frozen=True)
class Bare:
    """The SQL alone: seconds of all, and of each statement its name, kind, seconds, rows and memory in bytes."""

    seconds: float
    steps: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    """One step of a build as the runner recorded it."""

    name: str
    kind: str
    status: str
    reason: str
    seconds: float
    rows: int | None

    @property
    def is_made(self) -> bool:
        return self.status != "unchanged"


def steps(warehouse: Path) -> dict[str, Step]:
    """The steps of the last build."""
    query = """
        select name, kind, status, reason, seconds, row_count from _coterie.run_steps
        where run_id = (select max(run_id) from _coterie.runs)
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {row[0]: Step(*row) for row in connection.execute(query).fetchall()}


def of_events(all_steps: Mapping[str, Step]) -> list[Step]:
    """Sources, adapters and staging of events, the tables made from single events, and the tests of all these."""
    marks = (*EVENTS, "visitor_days", "account_message_days", "recent_visits")
    return [each for name, each in all_steps.items() if any(mark in name for mark in marks)]


def size_line(size: int, store: Path, cost: Cost) -> str:
    counted = "select count(*) from read_parquet('{store}/{name}[-.]*parquet')"
    with duckdb.connect() as connection:
        found = [
            (name.replace("_", " "), connection.execute(counted.format(store=store, name=name)).fetchall()[0][0])
            for name in ("orders", *EVENTS)
        ]
    told = ", ".join(f"{count:,} {name}" for name, count in found)
    return (
        f"\n{size:,} people, {told}:\n"
        f"  first build {cost.seconds:,.0f} s, of which publishing {cost.publishing:,.0f} s; {cost.cpu:,.0f} s of CPU; "
        f"at most {cost.memory / 1e9:.1f} GB of memory"
    )


def held(promise: str, is_kept: bool) -> bool:
    print(f"  {'held  ' if is_kept else 'MISSED'}  {promise}")
    return is_kept


def first_build(cost: Cost, told: Bare, full: Mapping[str, Step]) -> list[bool]:
    ratio = (cost.seconds - cost.publishing) / told.seconds
    models = sorted((each for each in told.steps if each["kind"] == "model"), key=lambda each: -each["seconds"])
    print(f"\nthe same SQL bare: {told.seconds:,.0f} s; the build {ratio:.2f} of it, but for publishing")
    print(f"the {DEAREST} dearest models, measured in the bare run")
    print(f"  {'model':28}{'rows':>13}{'seconds':>9}{'memory':>10}")
    for each in models[:DEAREST]:
        rows = full[each["name"]].rows if each["name"] in full else each["rows"]
        print(f"  {each['name']:28}{rows or 0:>13,}{each['seconds']:>9.1f}{each['memory'] / 1e9:>7.2f} GB")
    tests = sum(each["seconds"] for each in told.steps if each["kind"] == "test")
    print(f"  all models {sum(each['seconds'] for each in models):,.0f} s, all tests {tests:,.0f} s")
    return [
        held(f"the build without publishing takes at most {MOST_OF_BARE} of the bare SQL", ratio <= MOST_OF_BARE),
        held(f"within {MOST_MEMORY / 1e9:.0f} GB of memory", cost.memory <= MOST_MEMORY),
    ]


def day_after(first: Cost, second: Cost, full: Mapping[str, Step], grown: Mapping[str, Step]) -> list[bool]:
    events = _seconds(of_events(grown)) / _seconds(of_events(full))
    whole = second.seconds / first.seconds
    print(f"\nthe day after: {second.seconds:,.0f} s against {first.seconds:,.0f} s, {whole:.0%} of the first build")
    print(f"  at the level of events {_seconds(of_events(grown)):.1f} s against {_seconds(of_events(full)):.1f} s")
    _print_reasons([each for each in grown.values() if each.is_made])
    return [
        held(
            f"steps at the level of events take at most {MOST_OF_EVENTS:.0%} of their full cost",
            events <= MOST_OF_EVENTS,
        ),
        held(f"the whole takes at most {MOST_OF_ALL:.0%}", whole <= MOST_OF_ALL),
        held("memory as in the first build", second.memory <= MOST_MEMORY),
    ]


def _seconds(some: Sequence[Step]) -> float:
    return sum(each.seconds for each in some)


def _print_reasons(made: Sequence[Step]) -> None:
    groups: dict[str, list[Step]] = {}
    for each in made:
        groups.setdefault(each.reason.partition(":")[0], []).append(each)
    print("  what was made again, and why")
    for reason, some in sorted(groups.items(), key=lambda each: -_seconds(each[1])):
        print(f"    {reason:24}{len(some):>6,} steps{_seconds(some):>9.1f} s")
    for each in sorted(made, key=lambda each: -each.seconds)[:DEAREST]:
        print(f"    {each.name:32}{each.seconds:>8.1f} s   {each.reason}")
