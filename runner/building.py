"""The story of a build: selected names → plan → results → records → a published version.

Yields what happens; shows nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace

from runner.binding import bind
from runner.compile import Manifest
from runner.deferring import copy_deferred
from runner.errors import Problems
from runner.execute import Result, Started, execute
from runner.guard import refuse_unknown_audiences
from runner.identity import Identity, digest
from runner.incremental import Moment
from runner.journal import Journal, new_run
from runner.materialize import Site
from runner.nodes import DataTest
from runner.outlook import Request, chosen_names, clock, look_ahead, refuse_earlier_day, rules
from runner.performance import EarlierStep, earlier_steps
from runner.plan import Plan, plan_all
from runner.publishing import Published, published_version, refuse_unknown_storage
from runner.state import Records, past, write_copy
from runner.targets import Target, opened, readable
from runner.warehouse import Warehouse


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
        run = new_run(str(shop.get("as_of", "")), request.select, request.accept_swing)
        moment = Moment(clock(manifest, run.started_at), run.run_id, outlook.actual, manifest)
        refuse_earlier_day(outlook, moment)
        refuse_leaks(manifest, outlook.now, records)
        yield Planned(outlook.plan, run.run_id, earlier_steps(cursor))
        records.keep_rules(rules(manifest, outlook.now))
        records.keep_files(outlook.states.values(), outlook.past.files)
        cursor.create_schemas({node.relation.schema for node in manifest.tables.values()})
        if outlook.deferral is not None:
            copy_deferred(manifest, outlook.deferral, outlook.now, cursor, run.run_id)
            yield Note(outlook.deferral.told, "info")
        site = Site(manifest, warehouse, outlook.past.relations, outlook.states, moment, request.insertion_order)
        journal = Journal(records, cursor, run)
        results: list[Result] = []
        steps = execute(outlook.plan, site, target.workers, fail_fast=request.fail_fast)
        with journal.open(manifest, outlook.plan, moment), closing(steps):  # workers end before the journal does
            for event in steps:
                if isinstance(event, Result):
                    results.append(event)
                    journal.add(event)
                yield event
        after = past(cursor)
        if after.records != outlook.past.records:
            write_copy(target.home / "state.json", after.records)
        if request.publish:
            yield published_version(manifest, target, results, outlook.now, cursor, run, request.accept_swing)
        else:
            yield Published(None, "not asked to")


def publish_standing(manifest: Manifest, target: Target) -> Published:
    """What stands, if it is complete; nothing is built."""
    with opened(manifest, target) as warehouse:
        cursor = warehouse.cursor()
        records, outlook = Records(cursor), look_ahead(manifest, target, Request(), cursor, past(cursor))
        refuse_leaks(manifest, outlook.now, records)
        run = new_run(str(manifest.project.vars.get("as_of", "")))
        with Journal(records, cursor, run).open(manifest, Plan(()), Moment("", run.run_id, outlook.now, manifest)):
            pass
        return published_version(manifest, target, (), outlook.now, cursor, run)


def refuse_leaks(manifest: Manifest, now: Mapping[str, Identity], records: Records) -> None:
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
    if errors:
        raise Problems(errors)
    records.keep_proof(proof)


def _opened_for(manifest: Manifest, target: Target, tests: frozenset[str]) -> tuple[Warehouse, str]:
    """Tests only read, but for those that store what fails."""
    nodes = [manifest.compiled[name].node for name in tests]
    if target.warehouse.exists() and any(isinstance(each, DataTest) and each.stores_failures for each in nodes):
        return opened(manifest, target), ""
    return readable(target)


def test(manifest: Manifest, target: Target, request: Request) -> Events:
    """Data tests only, on what stands in the warehouse."""
    chosen = chosen_names(manifest, target, request) - set(manifest.tables)
    warehouse, note = _opened_for(manifest, target, chosen)
    with warehouse:
        there = warehouse.cursor().relations()
        steps = [
            replace(step, waits=())
            for step in plan_all(manifest, chosen).steps
            if step.name in chosen
            and all(manifest.tables[parent].relation in there for parent in step.compiled.parents)
        ]
        plan = Plan(tuple(steps))
        left_out = sorted(chosen - {step.name for step in steps})
        if note or left_out:
            some = ", ".join(left_out[:3]) + (" …" if left_out[3:] else "")
            absent = f"left out {len(left_out)} tests that wait for `coterie build`: {some}" if left_out else ""
            yield Note("; ".join(filter(None, (note, absent))))
        yield Planned(plan)
        site = Site(manifest, warehouse, {}, {}, Moment("", "", {}, manifest))
        yield from execute(plan, site, target.workers, fail_fast=request.fail_fast)
