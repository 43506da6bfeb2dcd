"""Run a plan; yield what *happened*: each step becomes its statements. Decides nothing but what may run next.

Only here and in cli.py is an error caught: it becomes the Result of its step.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from queue import SimpleQueue

from runner.arrivals import Moment
from runner.compile import Compiled, Manifest
from runner.declared import is_enforced, keeps_nulls_out, refuse_broken_contract, refuse_nulls
from runner.errors import AuthorError, CoterieError, DataError, ExitCode, WorldError
from runner.following import follow
from runner.incremental import grow, take_snapshot
from runner.nodes import DataTest, Model, Seed, Snapshot, Source
from runner.plan import UNCHANGED, Plan, Step
from runner.relation import Relation, literal
from runner.retests import Retest
from runner.sources import SourceState, seed_sql, view_sql
from runner.warehouse import Cursor, Interrupted, Row, Warehouse

SAMPLE_ROWS = 5


@dataclass(frozen=True)
class Site:
    """Where a plan is carried out."""

    manifest: Manifest
    warehouse: Warehouse
    existing: Mapping[Relation, str]
    states: Mapping[str, SourceState]
    moment: Moment
    insertion_order: str = ""
    writes_files: bool = True
    """False where nobody must notice: an external model is a table there."""

    def ordered(self, query: str) -> str:
        return f"select * from (\n{query}\n) as each {self.insertion_order}" if self.insertion_order else query

    def follows(self, node: Model) -> bool:
        """Is it a table that follows others, or that others follow?"""
        return node.materialized == "table" and node.name in self.manifest.followed


@dataclass(frozen=True)
class Result:
    """What became of one step: ok, unchanged (not done, for nothing changed), warned, failed or skipped."""

    step: Step
    status: str
    seconds: float = 0.0
    ended_at: float = 0.0
    """Seconds of the epoch; 0 for what never began."""
    rows: int | None = None
    failures: int = 0
    columns: tuple[str, ...] = ()
    sample: tuple[Row, ...] = ()
    """A few failing rows of a test."""
    error: CoterieError | None = None
    because: str = ""
    """Of one that was skipped: why."""
    told: str = ""
    """Of one that was made in part: how much of it."""
    passed: tuple[Row, ...] = ()
    """Of a test that found nothing: what to write down of what it read."""

    @property
    def is_good(self) -> bool:
        return self.status in ("ok", "warned", UNCHANGED)

    @property
    def exit_code(self) -> ExitCode:
        if self.status != "failed":
            return ExitCode.OK
        return self.error.exit_code if self.error else ExitCode.DATA


WORKER = "coterie-step"


@dataclass(frozen=True)
class Started:
    step: Step


Events = Generator[Started | Result, None, None]


def execute(plan: Plan, site: Site, workers: int, *, fail_fast: bool) -> Events:
    """Each step starts when all it waits for succeeded; what cannot start is skipped, with why."""
    yield from (Result(step, UNCHANGED, rows=step.row_count) for step in plan.steps if not step.is_due)
    run = _Run(plan, site, workers, fail_fast=fail_fast)
    try:
        yield from run.events()
    finally:
        run.stop()


class _Run:
    def __init__(self, plan: Plan, site: Site, workers: int, *, fail_fast: bool) -> None:
        self.site, self.workers, self.fail_fast = site, workers, fail_fast
        # tests first: a bad table should stop the build early
        self.steps = sorted(plan.due, key=lambda step: (not isinstance(step.compiled.node, DataTest), -step.weight))
        self.rank = {step.name: at for at, step in enumerate(self.steps)}
        self.sorter = TopologicalSorter({step.name: step.waits for step in plan.due})
        self.ready: list[int] = []
        self.done: SimpleQueue[Result] = SimpleQueue()
        self.retries: list[Step] = []
        self.causes: dict[str, str] = {}
        """By step that did not succeed: what is to blame for those that wait for it."""
        self.stopped = ""
        self.running = 0
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix=WORKER)
        self.local = threading.local()

    def events(self) -> Events:
        self.sorter.prepare()
        while self.sorter.is_active():
            yield from self._admit()
            yield from self._start()
            if self.retries and not self.running:
                self._submit(self.retries.pop(0), is_alone=True)
            if self.running:
                result = self.done.get()
                self.running -= 1
                if result.status == "again":
                    self.retries.append(result.step)
                else:
                    yield self._finished(result)

    def _admit(self) -> Generator[Result, None, None]:
        """What waits for nothing more is ready, or skipped with the reason."""
        while names := self.sorter.get_ready():
            for name in names:
                step = self.steps[self.rank[name]]
                if cause := next((self.causes[each] for each in step.waits if each in self.causes), ""):
                    yield self._finished(Result(step, "skipped", because=cause))
                else:
                    heapq.heappush(self.ready, self.rank[name])

    def _start(self) -> Events:
        while self.ready and (self.stopped or (self.running < self.workers and not self.retries)):
            step = self.steps[heapq.heappop(self.ready)]
            if self.stopped:
                yield self._finished(Result(step, "skipped", because=self.stopped))
            else:
                yield Started(step)
                self._submit(step, is_alone=self.workers == 1)

    def _submit(self, step: Step, *, is_alone: bool) -> None:
        self.running += 1
        self.pool.submit(self._work, step, is_alone)

    def _finished(self, result: Result) -> Result:
        name = result.step.name
        self.sorter.done(name)
        if not result.is_good:
            self.causes[name] = result.because or name
        if result.status == "failed" and self.fail_fast:
            self.stopped = f"{name} (--fail-fast)"
        return result

    def _work(self, step: Step, is_alone: bool) -> None:
        started = time.perf_counter()
        try:
            cursor, node = self._cursor(), step.compiled.node
            if isinstance(node, DataTest):
                result = _tested(step, node, cursor, self.site)
            elif isinstance(node, Model) and self.site.follows(node):
                result = _followed(step, node, cursor, self.site)
            else:
                result = Result(step, "ok", rows=_made(step, cursor, self.site))
        except Interrupted:
            result = Result(step, "skipped", because="interrupted")
        except CoterieError as e:
            error = self.site.manifest.located(self._culprit(step.compiled, e), e)
            needs_room = isinstance(e, WorldError) and "memory" in e.message.lower()
            status = "again" if needs_room and not is_alone else "failed"
            result = Result(step, status, error=error)
        except Exception as e:  # a fault of ours must not hang the build: it is shown as one
            result = Result(step, "failed", error=WorldError(f"{type(e).__name__}: {e}"))
        self.done.put(replace(result, seconds=time.perf_counter() - started, ended_at=time.time()))

    def _culprit(self, compiled: Compiled, error: CoterieError) -> Compiled:
        """A view's error comes out where it is read: look for the view that fails by itself."""
        if not isinstance(error, DataError) or error.place is not None:
            return compiled
        manifest, cursor = self.site.manifest, self._cursor()
        kinds, above = cursor.relations(), manifest.graph.ancestors(compiled.node.name)
        for name in (each for each in manifest.graph.order if each in above):
            relation = manifest.tables[name].relation
            if kinds.get(relation) == "view":
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

    def stop(self) -> None:
        """Ends running statements; one that starts just now needs a second call. Returns when all is idle."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        # threads, not futures: an interrupt may come between the two being made
        while busy := [each for each in threading.enumerate() if each.name.startswith(WORKER)]:
            if self.running:
                self.site.warehouse.interrupt()
            busy[0].join(timeout=0.05)


def _tested(step: Step, test: DataTest, cursor: Cursor, site: Site) -> Result:
    """One query per test, and a second for example rows where it fails. The rules are dbt's."""
    retest = Retest(step, test, cursor, site.moment)
    if (less := retest.narrowed()) is not None and not (less and cursor.value(f"select count(*) from (\n{less}\n)")):
        return Result(step, "ok", told="what changed", passed=retest.passed())
    result = _tested_whole(step, test, cursor)
    if result.status == "ok" and not result.failures:
        return replace(result, passed=retest.passed())
    retest.failed()
    return result


def _tested_whole(step: Step, test: DataTest, cursor: Cursor) -> Result:
    sql = step.compiled.sql
    if test.stores_failures:  # all of them, in the private warehouse only: no node has that address
        cursor.create_schemas({test.audit.schema})
        cursor.create("table", test.audit, sql)
        sql = f"select * from {test.audit}"
    limit, calc = f"limit {test.limit}" if test.limit is not None else "", test.fail_calc
    counts = f"select {calc}, {calc} {test.warn_if}, {calc} {test.error_if} from (\n"
    failures, is_warned, is_failed = cursor.rows(f"{counts}{sql}\n{limit})", prefix=len(counts))[0]
    if failures is None:
        hint = f"for example `fail_calc: coalesce({calc}, 0)`"
        raise AuthorError(f"`fail_calc: {calc}` gives no number", place=test.place, hint=hint)
    is_failed = is_failed and test.severity == "error"
    if not is_warned and not is_failed:
        return Result(step, "ok", failures=int(failures))
    columns, rows = cursor.table(sql, limit=SAMPLE_ROWS if test.limit is None else min(SAMPLE_ROWS, test.limit))
    status, sample = "failed" if is_failed else "warned", tuple(sorted(rows, key=repr))
    return Result(step, status, failures=int(failures), columns=tuple(columns), sample=sample)


def _made(step: Step, cursor: Cursor, site: Site) -> int | None:
    """The node's relation; returns its row count where that is known for free."""
    node, sql = step.compiled.node, step.compiled.sql
    assert not isinstance(node, DataTest)
    if isinstance(node, Source):
        if node.location is None:
            return None
        _replace(cursor, site, node.relation, "view", view_sql(site.states[node.name]))
        return site.states[node.name].rows
    if isinstance(node, Seed):
        return _replace(cursor, site, node.relation, "table", seed_sql(node, cursor))
    if isinstance(node, Snapshot):
        return take_snapshot(step, node, cursor, site.moment, exists=_drop_other(cursor, site, node.relation, "table"))
    if node.materialized == "external" and not site.writes_files:
        return _replace(cursor, site, node.relation, "table", sql)
    if node.materialized == "external":
        return _external(node, sql, cursor, site)
    if is_enforced(node):
        refuse_broken_contract(node, cursor.columns(sql), cursor)
    if node.materialized == "incremental":
        return grow(step, node, cursor, site.moment, exists=_drop_other(cursor, site, node.relation, "table"))
    if not keeps_nulls_out(node):
        return _replace(cursor, site, node.relation, node.materialized, sql)
    with cursor.transaction():
        rows = _replace(cursor, site, node.relation, node.materialized, sql)
        refuse_nulls(node, str(node.relation), cursor)
    return rows


def _followed(step: Step, model: Model, cursor: Cursor, site: Site) -> Result:
    """A table that follows a key, or that others follow."""
    sql = step.compiled.sql
    if is_enforced(model):
        refuse_broken_contract(model, cursor.columns(sql), cursor)
    exists = _drop_other(cursor, site, model.relation, "table")
    rows, told = follow(step, model, cursor, site.moment, site.ordered(sql), exists=exists)
    return Result(step, "ok", rows=rows, told=told)


def _drop_other(cursor: Cursor, site: Site, relation: Relation, kind: str) -> bool:
    """What else stands at its address goes. Does such a thing stand there already?"""
    before = site.existing.get(relation)
    if before not in (None, kind):
        cursor.run(f"drop {before} if exists {relation}")
    return before == kind


def _replace(cursor: Cursor, site: Site, relation: Relation, kind: str, query: str) -> int | None:
    _drop_other(cursor, site, relation, kind)
    return cursor.create(kind, relation, site.ordered(query) if kind == "table" else query)


def _external(model: Model, sql: str, cursor: Cursor, site: Site) -> int | None:
    path = model.file
    form = model.config.get("format") or path.suffix.lstrip(".") or "parquet"
    options = {"format": form} | (model.config.get("options") or {})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise WorldError(f"cannot create {path.parent}: {e.strerror}") from e
    told = ", ".join(f"{key} {literal(v) if isinstance(v, str) else v}" for key, v in options.items())
    if keeps_nulls_out(model):
        refuse_nulls(model, f"(\n{sql}\n)", cursor)
    rows = cursor.copy(sql, str(path), told)
    delimiter = options.get("delimiter", options.get("delim"))
    more = f", delim={literal(str(delimiter))}" if delimiter else ""
    _replace(cursor, site, model.relation, "view", f"select * from read_{form}({literal(str(path))}{more})")
    return rows
