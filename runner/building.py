"""The story of a build: selected names → plan → results → records → a published version.

Yields what happens; shows nothing. Writes it down while it happens, in batches: a kill loses at most a fifth of a
second of finished work, which is then done again.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from runner.arrivals import Moment
from runner.binding import bind
from runner.compile import Manifest
from runner.errors import raise_all
from runner.execute import Result, Site, Started, execute
from runner.guard import refuse_unknown_audiences
from runner.identity import Meanings, digest
from runner.nodes import DataTest, Model, Source
from runner.outlook import Deferral, Request, chosen_names, clock, look_ahead, refuse_earlier_day, rules
from runner.performance import EarlierStep, earlier_steps
from runner.plan import UNCHANGED, Plan, plan_all
from runner.publish import Published, published_version, refuse_unknown_storage
from runner.state import Past, Record, Records, Run, keep_passed, keep_records, keep_stamp, past, write_copy
from runner.targets import Target, opened, readable
from runner.trails import forget
from runner.warehouse import Cursor, Row, Warehouse

PAUSE = 0.2
"""Seconds between two writings of what is complete."""


@dataclass(frozen=True)
class Planned:
    plan: Plan
    run_id: str = ""
    earlier: Mapping[str, EarlierStep] = field(default_factory=dict)
    """What each step cost when it was last made for readers."""


@dataclass(frozen=True)
class Note:
    """Something the reader of what follows should know."""

    text: str
    level: str = "warning"
    """success, info, warning or error."""


Events = Generator[Note | Planned | Started | Result | Published, None, None]


def build(manifest: Manifest, target: Target, request: Request) -> Events:
    """Raises what keeps it from starting; all that happens after is an event."""
    with opened(manifest, target) as warehouse:
        cursor = warehouse.cursor()
        if target.serve is not None:
            refuse_unknown_storage(target.serve, cursor)
        refuse_unknown_audiences(manifest, target.serve, request.accept_swing)
        records = Records(cursor)
        shop = manifest.project.vars
        records.refuse_another_shop(str(shop.get("store", "")), str(shop.get("store_path", "")))
        outlook = look_ahead(manifest, target, request, cursor, past(cursor))
        run = _new_run(str(shop.get("as_of", "")), request.select, request.accept_swing)
        moment = Moment(clock(manifest, run.started_at), run.run_id, outlook.actual, manifest, outlook.states)
        refuse_earlier_day(outlook, moment)
        refuse_leaks(manifest, outlook.now, records)
        yield Planned(outlook.plan, run.run_id, earlier_steps(cursor))
        records.keep_rules(rules(manifest, outlook.now))
        records.keep_files(outlook.states.values(), outlook.past.files)
        cursor.create_schemas({node.relation.schema for node in manifest.tables.values()})
        if outlook.deferral is not None:
            _copy_deferred(manifest, outlook.deferral, outlook.now, cursor, run.run_id)
            yield Note(outlook.deferral.told, "info")
        options = request.insertion_order, request.writes_files
        site = Site(manifest, warehouse, outlook.past.relations, outlook.states, moment, *options)
        journal = _Journal(records, cursor, run)
        steps = execute(outlook.plan, site, target.workers, fail_fast=request.fail_fast)
        with journal.open(manifest, outlook.plan, moment), closing(steps):  # workers end before the journal does
            for event in steps:
                if isinstance(event, Result):
                    journal.add(event)
                yield event
        _leave_copy(target.home / "state.json", outlook.past, past(cursor))
        if request.publish:
            yield published_version(manifest, target, journal.results, outlook.now, warehouse, run)
        else:
            yield Published(None, "not asked to")


def _leave_copy(path: Path, before: Past, after: Past) -> None:
    if after.records != before.records or not path.exists():
        write_copy(path, after.records)


def _copy_deferred(manifest: Manifest, found: Deferral, now: Meanings, cursor: Cursor, run_id: str) -> None:
    """The published rows; the record says whether they are of the present state or of another."""
    with cursor.attached(found.path, "published"):
        for name in found.copied:
            relation, known = manifest.tables[name].relation, found.records.get(name)
            key = known.identity.key if known else ""
            status = "ok" if known and key == now[name].key else "deferred"
            with cursor.transaction():
                rows = cursor.create("table", relation, f"select * from published.{relation}")
                forget(cursor, name)
                keep_records(cursor, [Record(name, status, replace(now[name], key=key), run_id, rows)])


def publish_standing(manifest: Manifest, target: Target) -> Published:
    """What stands, if it is complete; nothing is built."""
    with opened(manifest, target) as warehouse:
        cursor = warehouse.cursor()
        records, outlook = Records(cursor), look_ahead(manifest, target, Request(), cursor, past(cursor))
        refuse_leaks(manifest, outlook.now, records)
        run = _new_run(str(manifest.project.vars.get("as_of", "")))
        with _Journal(records, cursor, run).open(manifest, Plan(()), Moment("", run.run_id, outlook.now, manifest)):
            pass
        return published_version(manifest, target, (), outlook.now, warehouse, run)


def refuse_leaks(manifest: Manifest, now: Meanings, records: Records) -> None:
    """No build without the proof that no identifier reaches a reader; the same models are proven once."""
    sources = manifest.project.sources.values()
    if not any(each.facts.get("pii") == "direct" for source in sources for each in source.columns):
        return
    words = [f"{name} {node.columns} {node.meta}" for name, node in manifest.tables.items()]
    proof = digest(*(each.own for each in now.values()), *words, str(manifest.project.file.serve))
    if records.is_proven(proof):
        return
    from runner.privacy import leaks  # behind it is sqlglot, a door that is slow to open

    with Warehouse(None) as scratch:
        bound = bind(manifest, scratch, with_tests=False)
    errors = bound.errors or leaks(manifest, bound.columns)
    raise_all(errors)
    records.keep_proof(proof)


def test(manifest: Manifest, target: Target, request: Request) -> Events:
    """Data tests only, on what stands in the warehouse."""
    chosen = chosen_names(manifest, target, request) - set(manifest.tables)
    # tests only read, but for those that store what fails
    is_writing = target.warehouse.exists() and any(manifest.project.tests[name].stores_failures for name in chosen)
    warehouse, note = (opened(manifest, target), "") if is_writing else readable(target)
    with warehouse:
        relations = warehouse.cursor().relations()
        there = {name for name, node in manifest.tables.items() if node.relation in relations}
        tests = (step for step in plan_all(manifest, chosen).steps if step.name in chosen)
        plan = Plan(tuple(replace(step, waits=()) for step in tests if there.issuperset(step.compiled.parents)))
        left_out = sorted(chosen.difference(step.name for step in plan.steps))
        if note or left_out:
            some = ", ".join(left_out[:3]) + (" …" if left_out[3:] else "")
            absent = f"left out {len(left_out)} tests that wait for `coterie build`: {some}" if left_out else ""
            yield Note("; ".join(filter(None, (note, absent))))
        yield Planned(plan)
        site = Site(manifest, warehouse, {}, {}, Moment("", "", {}, manifest))
        yield from execute(plan, site, target.workers, fail_fast=request.fail_fast)


def _new_run(as_of: str, selection: Iterable[str] = (), accepted: Iterable[str] = ()) -> Run:
    now = datetime.now(UTC)
    words = _git_commit(), as_of, " ".join(selection), " ".join(accepted)
    return Run(f"{now:%Y%m%dT%H%M%S%fZ}", f"{now:%Y-%m-%d %H:%M:%S.%f}", *words)


def _git_commit() -> str:
    """The commit that is checked out; nothing outside of git."""
    try:
        told = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""


class _Journal:
    """One run in the records of one warehouse."""

    def __init__(self, records: Records, cursor: Cursor, run: Run) -> None:
        self._records, self._cursor, self.run = records, cursor, run
        self._waiting: list[Record] = []
        self._passed: list[Row] = []
        self.results: list[Result] = []
        self._written_at = time.perf_counter()

    @contextmanager
    def open(self, manifest: Manifest, plan: Plan, moment: Moment) -> Iterator[None]:
        """From before the first step until after the last, however the build ends."""
        self._records.begin(self.run, _touched(plan), manifest.compiled, manifest.followed)
        for step in plan.steps:
            if not step.is_due and step.compiled.node.grows:
                keep_stamp(self._cursor, step.name, moment.clock)
        status = "interrupted"
        try:
            yield
            status = "ok" if all(each.is_good for each in self.results) else "failed"
        finally:
            self._write()
            self._records.finish(self.run, status, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}", self._rows())

    def _rows(self) -> Iterator[Row]:
        """Tests and sources that stayed as they were say nothing new."""
        for each in self.results:
            step, reason = each.step, each.because or "; ".join(filter(None, (each.step.reason, each.told)))
            if each.status != UNCHANGED or not isinstance(step.compiled.node, (DataTest, Source)):
                yield step.name, step.kind, each.status, reason, each.seconds, each.rows, None

    def add(self, result: Result) -> None:
        """A growing table has written its own record, in the transaction that changed it."""
        self.results.append(result)
        step = result.step
        if result.status in ("ok", "warned", "failed") and not step.compiled.node.grows:
            self._waiting.append(Record(step.name, result.status, step.identity, self.run.run_id, result.rows))
        self._passed += result.passed
        if time.perf_counter() - self._written_at > PAUSE:
            self._write()

    def _write(self) -> None:
        keep_passed(self._cursor, self._passed)
        keep_records(self._cursor, self._waiting)
        self._waiting, self._passed = [], []
        self._written_at = time.perf_counter()


def _touched(plan: Plan) -> list[str]:
    """Whose records stop being true now; what grows changes together with its record, batches apart."""
    nodes = [step.compiled.node for step in plan.due]
    return [node.name for node in nodes if not node.grows or (isinstance(node, Model) and node.batching)]
