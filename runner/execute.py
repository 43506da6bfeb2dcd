"""Run a plan; yield what *happened*. Decides nothing but what may run next.

Only here and in cli.py is an error caught: it becomes the Result of its step.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue

from runner.compile import Compiled, Manifest
from runner.errors import CoterieError, DataError, ExitCode, WorldError
from runner.materialize import materialize
from runner.nodes import DataTest
from runner.plan import Plan, Step
from runner.relation import Relation
from runner.sources import SourceState
from runner.warehouse import Cursor, Interrupted, Row, Warehouse

SAMPLE_ROWS = 5


@dataclass(frozen=True)
class Sample:
    """A few failing rows of a test."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Result:
    """What became of one step: ok, warned, failed or skipped."""

    step: Step
    status: str
    seconds: float = 0.0
    rows: int | None = None
    failures: int = 0
    sample: Sample | None = None
    error: CoterieError | None = None
    because: str = ""

    @property
    def is_good(self) -> bool:
        return self.status in ("ok", "warned")

    @property
    def exit_code(self) -> ExitCode:
        if self.status != "failed":
            return ExitCode.OK
        return self.error.exit_code if self.error else ExitCode.DATA


@dataclass(frozen=True)
class Started:
    step: Step


@dataclass(frozen=True)
class Site:
    """Where a plan is carried out."""

    manifest: Manifest
    warehouse: Warehouse
    existing: Mapping[Relation, str]
    states: Mapping[str, SourceState]


def execute(plan: Plan, site: Site, workers: int, *, fail_fast: bool) -> Iterator[Started | Result]:
    """Each step starts when all it waits for succeeded; what cannot start is skipped, with why."""
    run = _Run(plan, site, workers, fail_fast=fail_fast)
    try:
        yield from run.events()
    finally:
        run.stop()


class _Run:
    def __init__(self, plan: Plan, site: Site, workers: int, *, fail_fast: bool) -> None:
        self.site, self.workers, self.fail_fast = site, workers, fail_fast
        self.steps = {step.name: step for step in plan.steps}
        self.order = {step.name: at for at, step in enumerate(plan.steps)}
        self.waiting = {step.name: len(step.waits) for step in plan.steps}
        self.children: dict[str, list[str]] = {name: [] for name in self.steps}
        for step in plan.steps:
            for name in step.waits:
                self.children[name].append(step.name)
        self.ready: list[tuple[int, int, str]] = []
        self.done: SimpleQueue[Result] = SimpleQueue()
        self.retries: list[Step] = []
        self.blocked: dict[str, str] = {}
        self.running = 0
        self.is_stopping = False
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="step")
        self.local = threading.local()

    def events(self) -> Iterator[Started | Result]:
        for name, count in self.waiting.items():
            if count == 0:
                self._make_ready(name)
        while self.ready or self.running or self.retries:
            yield from self._start_ready()
            if not self.running and self.retries:
                self.running += 1
                self.pool.submit(self._work, self.retries.pop(0), True)
            if not self.running:
                break
            result = self.done.get()
            self.running -= 1
            if result.error is not None and result.status == "again":
                self.retries.append(result.step)
                continue
            yield result
            yield from self._after(result)

    def _make_ready(self, name: str) -> None:
        weight = self.steps[name].weight
        # tests first: a bad table should stop the build early
        if isinstance(self.steps[name].compiled.node, DataTest):
            weight += 1_000_000
        heapq.heappush(self.ready, (-weight, self.order[name], name))

    def _start_ready(self) -> Iterator[Started]:
        while self.ready and self.running < self.workers and not self.retries:
            if self.is_stopping:
                self.ready.clear()
                return
            step = self.steps[heapq.heappop(self.ready)[2]]
            self.running += 1
            yield Started(step)
            self.pool.submit(self._work, step, self.workers == 1)

    def _after(self, result: Result) -> Iterator[Result]:
        """Free what waited for a success; skip, with the reason, what waited for a failure."""
        name = result.step.name
        if not result.is_good and self.fail_fast:
            self.is_stopping = True
        stack = list(reversed(self.children[name]))
        while stack:
            child = stack.pop()
            self.waiting[child] -= 1
            if not result.is_good:
                self.blocked.setdefault(child, name)
            if self.waiting[child] == 0:
                if child not in self.blocked:
                    self._make_ready(child)
                    continue
                yield Result(self.steps[child], "skipped", because=self.blocked[child])
                for grandchild in reversed(self.children[child]):
                    self.blocked.setdefault(grandchild, self.blocked[child])
                    stack.append(grandchild)

    def _work(self, step: Step, is_alone: bool) -> None:
        started = time.perf_counter()
        try:
            result = self._result(step, self._cursor())
        except Interrupted:
            result = Result(step, "skipped", because="interrupted")
        except CoterieError as e:
            compiled = self._culprit(step.compiled, e)
            error = self.site.manifest.located(compiled, e)
            status = "again" if _is_worth_a_retry(e) and not is_alone else "failed"
            result = Result(step, status, error=error)
        except Exception as e:  # a fault of ours must not hang the build: it is shown as one
            result = Result(step, "failed", error=WorldError(f"{type(e).__name__}: {e}"))
        self.done.put(replace(result, seconds=time.perf_counter() - started))

    def _culprit(self, compiled: Compiled, error: CoterieError) -> Compiled:
        """A view's error comes out where it is read: look for the view that fails by itself."""
        if not isinstance(error, DataError) or error.place is not None:
            return compiled
        manifest, cursor = self.site.manifest, self._cursor()
        views = {address for address, kind in cursor.relations().items() if kind == "view"}
        above = manifest.graph.ancestors(compiled.node.name)
        for name in (each for each in manifest.graph.order if each in above):
            relation = manifest.tables[name].relation
            if relation in views:
                try:
                    cursor.rows(f"select count(hash(each)) from {relation} as each")
                except DataError as e:
                    prefix = len(f"create or replace view {relation} as\n")
                    error.offset = max(0, e.position - prefix) if e.position else None
                    return manifest.compiled[name]
        return compiled

    def _cursor(self) -> Cursor:
        if not hasattr(self.local, "cursor"):
            self.local.cursor = self.site.warehouse.cursor()
        cursor: Cursor = self.local.cursor
        return cursor

    def _result(self, step: Step, cursor: Cursor) -> Result:
        if isinstance(step.compiled.node, DataTest):
            return _tested(step, cursor)
        rows = materialize(step.compiled, cursor, self.site.existing, self.site.states)
        return Result(step, "ok", rows=rows)

    def stop(self) -> None:
        """Ends running statements; returns when every thread is idle."""
        if self.running:
            self.site.warehouse.interrupt()
        self.pool.shutdown(wait=True, cancel_futures=True)


def _tested(step: Step, cursor: Cursor) -> Result:
    """One query per test; example rows only when it fails."""
    sql = step.compiled.sql
    failures = int(cursor.value(f"select count(*) from (\n{sql}\n)"))
    if failures == 0:
        return Result(step, "ok")
    columns, rows = cursor.table(sql, SAMPLE_ROWS)
    status = "failed" if step.compiled.severity == "error" else "warned"
    sample = Sample(tuple(columns), tuple(sorted(rows, key=repr)))
    return Result(step, status, failures=failures, sample=sample)


def _is_worth_a_retry(error: CoterieError) -> bool:
    return isinstance(error, WorldError) and "memory" in error.message.lower()
