"""Whole commands measured side by side: every round runs each contender once, and medians count."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

KEEPING = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Everybody's modules are compiled once and kept, as Python does unless it is told otherwise."""


@dataclass(frozen=True)
class Cost:
    """Seconds of the clock, seconds of all cores together, and the most memory in MB."""

    wall: float
    cpu: float
    memory: float

    @property
    def alone(self) -> float:
        """About what it takes by the clock where nothing else runs: one thread cannot be slower than its CPU time."""
        return min(self.wall, self.cpu)


@dataclass(frozen=True)
class Contender:
    """One way of doing the work; `prepare` is not measured."""

    name: str
    command: tuple[str, ...]
    folder: Path
    prepare: Callable[[], None] = lambda: None


def fresh(*databases: Path) -> Callable[[], None]:
    """Remove what an earlier round made."""

    def remove() -> None:
        for path in databases:
            path.unlink(missing_ok=True)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)

    return remove


def measured(contenders: Sequence[Contender], repeats: int) -> dict[str, Cost]:
    """The median of each, after one round that does not count: caches are warm for all."""
    costs: dict[str, list[Cost]] = {each.name: [] for each in contenders}
    for number in range(repeats + 1):
        for each in contenders:
            cost = cost_of(each)
            if number:
                costs[each.name].append(cost)
    return {name: _median(rounds) for name, rounds in costs.items()}


def _median(rounds: list[Cost]) -> Cost:
    return Cost(*(median(getattr(each, what) for each in rounds) for what in ("wall", "cpu", "memory")))


def cost_of(contender: Contender) -> Cost:
    contender.prepare()
    with tempfile.TemporaryFile("w+") as talk:
        started = time.perf_counter()
        command = subprocess.Popen(contender.command, cwd=contender.folder, env=KEEPING, stdout=talk, stderr=talk)
        _, status, usage = os.wait4(command.pid, 0)
        wall = time.perf_counter() - started
        command.returncode = os.waitstatus_to_exitcode(status)
        if command.returncode:
            talk.seek(0)
            raise SystemExit(f"{contender.name} failed:\n{talk.read()[-5000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def report(title: str, costs: Mapping[str, Cost], compared_with: str = "") -> None:
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"\n{title} (load per core {load:.1f})")
    print(f"  {'':30}{'wall s':>9}{'CPU s':>9}{'MB':>7}" + (f"{'wall x':>9}{'CPU x':>9}" if compared_with else ""))
    for name, cost in costs.items():
        ratios = ""
        if compared_with:
            other = costs[compared_with]
            ratios = f"{cost.wall / other.wall:>9.2f}{cost.cpu / other.cpu:>9.2f}"
        print(f"  {name:30}{cost.wall:>9.3f}{cost.cpu:>9.3f}{cost.memory:>7.0f}{ratios}", flush=True)


@dataclass(frozen=True)
class Promise:
    """What must hold, and what was measured."""

    words: str
    most: float
    found: float

    @property
    def is_kept(self) -> bool:
        return self.found <= self.most


def judged(promises: Sequence[Promise]) -> bool:
    """Print every promise; are all of them kept?"""
    print("\nwhat must hold")
    for each in promises:
        word = "holds" if each.is_kept else "MISSED"
        print(f"  {each.words:60}{each.found:>8.2f}  at most {each.most:>6.2f}  {word}")
    return all(each.is_kept for each in promises)
