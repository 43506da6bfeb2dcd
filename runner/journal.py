"""What a build does, written down while it happens: records of what is complete, and the run itself.

Written in batches: a kill loses at most a fifth of a second of finished work, which is then done again.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from runner.compile import Manifest
from runner.execute import Result
from runner.incremental import Moment
from runner.nodes import DataTest, Model, Source
from runner.plan import UNCHANGED, Plan
from runner.state import Record, Records, Run, keep_records, keep_stamp
from runner.warehouse import Cursor, Row

PAUSE = 0.2
"""Seconds between two writings."""


def new_run(as_of: str, selection: Iterable[str] = (), accepted: Iterable[str] = ()) -> Run:
    now = datetime.now(UTC)
    words = " ".join(selection), " ".join(accepted)
    return Run(now.strftime("%Y%m%dT%H%M%S%fZ"), _moment(now), _git_commit(), as_of, *words)


def _moment(now: datetime) -> str:
    return now.strftime("%Y-%m-%d %H:%M:%S.%f")


def _git_commit() -> str:
    """The commit that is checked out; nothing outside of git."""
    try:
        told = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""


class Journal:
    """One run in the records of one warehouse."""

    def __init__(self, records: Records, cursor: Cursor, run: Run) -> None:
        self._records, self._cursor, self.run = records, cursor, run
        self._waiting: list[Record] = []
        self._results: list[Result] = []
        self._written_at = time.perf_counter()

    @contextmanager
    def open(self, manifest: Manifest, plan: Plan, moment: Moment) -> Iterator[None]:
        """From before the first step until after the last, however the build ends."""
        self._records.begin(self.run, _touched(manifest, plan))
        for step in plan.steps:
            if not step.is_due and step.compiled.node.grows:
                keep_stamp(self._cursor, step.name, moment.clock)
        status = "interrupted"
        try:
            yield
            status = "ok" if all(each.is_good for each in self._results) else "failed"
        finally:
            self._write()
            self._records.finish(self.run, status, _moment(datetime.now(UTC)), map(_row, self._told()))

    def add(self, result: Result) -> None:
        """A growing table has written its own record, in the transaction that changed it."""
        self._results.append(result)
        step = result.step
        if result.status in ("ok", "warned", "failed") and not step.compiled.node.grows:
            self._waiting.append(Record(step.name, result.status, step.identity, self.run.run_id, result.rows))
        if time.perf_counter() - self._written_at > PAUSE:
            self._write()

    def _write(self) -> None:
        keep_records(self._cursor, self._waiting)
        self._waiting = []
        self._written_at = time.perf_counter()

    def _told(self) -> Iterator[Result]:
        """Tests and sources that stayed as they were say nothing new."""
        for each in self._results:
            if each.status != UNCHANGED or not isinstance(each.step.compiled.node, (DataTest, Source)):
                yield each


def _touched(manifest: Manifest, plan: Plan) -> set[str]:
    """Whose records stop being true now: what is made in place, and what reads a growing table made anew."""
    names = set()
    for step in plan.due:
        node = step.compiled.node
        if not node.grows or (isinstance(node, Model) and node.batching):
            names.add(step.name)
        if step.starts_over:
            names |= manifest.graph.descendants(step.name)
    return names


def _row(result: Result) -> Row:
    step = result.step
    reason = result.because or step.reason
    return (step.name, step.kind, result.status, reason, result.seconds, result.rows, None)
