"""The story of a build: selected names → plan → results → records → a published version.

Yields what happens; shows nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from runner.binding import bind
from runner.compile import Manifest
from runner.config import place_of
from runner.errors import AuthorError, CoterieError, DataError, Place, Problems
from runner.execute import Result, Started, execute
from runner.identity import Identity, Meanings, digest, identities, meanings
from runner.incremental import Moment
from runner.journal import Journal, new_run
from runner.materialize import Site
from runner.plan import Plan, Wish, make_plan, plan_all
from runner.publishing import Published, published_version, refuse_unknown_storage
from runner.selection import select
from runner.sources import SourceState, source_state
from runner.state import NOTHING, RULES, Past, Records, past, read_copy, write_copy
from runner.targets import Target, opened, readable
from runner.warehouse import Cursor, Warehouse


@dataclass(frozen=True)
class Request:
    """What the author asked to be built."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_fast: bool = False
    publish: bool = True
    full_refresh: bool = False
    state: Path | None = None
    """Another target folder, to compare with: what `state:` means, and where deferred tables are read."""
    defer: bool = False
    """Copy unbuilt parents from the published version."""


@dataclass(frozen=True)
class Planned:
    plan: Plan


@dataclass(frozen=True)
class Note:
    """Something the reader of what follows should know."""

    text: str


Events = Generator[Note | Planned | Started | Result | Published, None, None]


@dataclass(frozen=True)
class Outlook:
    """What is owed, and all that was looked at to know it."""

    past: Past
    states: Mapping[str, SourceState]
    now: Mapping[str, Identity]
    plan: Plan


def build(manifest: Manifest, target: Target, request: Request) -> Events:
    """Raises what keeps it from starting; all that happens after is an event."""
    chosen = chosen_names(manifest, target, request)
    with opened(manifest, target) as warehouse:
        cursor = warehouse.cursor()
        if target.serve is not None:
            refuse_unknown_storage(target.serve, cursor)
        records = Records(cursor)
        shop = manifest.project.vars
        records.refuse_another_shop(str(shop.get("store", "")), str(shop.get("store_path", "")))
        outlook = look_ahead(manifest, chosen, request, cursor, past(cursor))
        run = new_run(str(shop.get("as_of", "")), request.select)
        moment = Moment(clock(manifest, run.started_at), run.run_id, outlook.now, manifest)
        refuse_earlier_day(outlook, moment)
        refuse_leaks(manifest, outlook.now, records)
        yield Planned(outlook.plan)
        records.keep_rules(rules(manifest, outlook.now))
        records.keep_files(outlook.states.values(), outlook.past.files)
        cursor.create_schemas({node.relation.schema for node in manifest.tables.values()})
        site = Site(manifest, warehouse, outlook.past.relations, outlook.states, moment)
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
            write_copy(target.state_copy, after.records)
        wanted = target.serve if request.publish else None
        yield published_version(manifest, wanted, results, outlook.now, cursor, run)


def chosen_names(manifest: Manifest, target: Target, request: Request) -> frozenset[str]:
    """Raises AuthorError for what matches nothing."""
    words = " ".join(request.select + request.exclude)
    marked = _marked(manifest, target, request) if "state:" in words else None
    return select(manifest, request.select, request.exclude, marked)


def _marked(manifest: Manifest, target: Target, request: Request) -> dict[str, frozenset[str]]:
    """What `state:modified` and `state:new` mean: compared with another target folder, or with our own last build."""
    known = read_copy((request.state / "state.json") if request.state else target.state_copy)
    earlier = {name: each.identity for name, each in known.items()}
    with Warehouse(None) as scratch:
        now = meanings(manifest, earlier, scratch.cursor().is_same_query)
    new = frozenset(name for name in now if name not in earlier)
    changed = frozenset(name for name, each in now.items() if name in earlier and each.own != earlier[name].own)
    return {"new": new, "modified": new | changed}


def look_ahead(manifest: Manifest, chosen: frozenset[str], request: Request, cursor: Cursor, before: Past) -> Outlook:
    """Reads the state of source files; touches nothing."""
    chosen = _testable(manifest, chosen, before)
    meant = meanings(manifest, before.identities, cursor.is_same_query)
    states = source_states(manifest, chosen, cursor, before) | rule_states(manifest, meant)
    now = identities(manifest, meant, states)
    return Outlook(before, states, now, make_plan(manifest, Wish(chosen, request.full_refresh), now, before))


def clock(manifest: Manifest, started_at: str) -> str:
    """as_of as a timestamp (UTC). A project without one has the clock of its runs, as in dbt."""
    as_of = manifest.project.vars.get("as_of")
    if as_of is None:
        return started_at
    try:
        return datetime.fromisoformat(str(as_of)).isoformat(sep=" ")
    except ValueError as e:
        place = place_of("as_of", Place("project.yml"), manifest.project.file.vars)
        raise AuthorError(f"`as_of: {as_of}` is not a date", place=place, hint="for example 2026-11-01") from e


def refuse_earlier_day(outlook: Outlook, moment: Moment) -> None:
    """Tables that grow know the days they have seen, and cannot forget one."""
    for step in outlook.plan.due:
        seen = outlook.past.stamps.get(step.name, "")
        if step.compiled.node.grows and not step.starts_over and seen and _is_after(seen, moment.clock):
            raise AuthorError(
                f"`{step.name}` was brought up to {seen} already; this build is of {moment.clock}",
                place=step.compiled.node.place,
                hint="days come in order: go on from there, give this day its own --target-dir, or --full-refresh"
                " what can be made anew",
            )


def _is_after(one: str, other: str) -> bool:
    return datetime.fromisoformat(one) > datetime.fromisoformat(other)


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


def _testable(manifest: Manifest, chosen: frozenset[str], before: Past) -> frozenset[str]:
    """A test that also reads a table neither chosen nor built before has to wait for it."""
    there = chosen | set(before.records) | set(manifest.project.sources)
    return frozenset(
        name for name in chosen if name in manifest.tables or there.issuperset(manifest.compiled[name].parents)
    )


def test(manifest: Manifest, target: Target, request: Request) -> Events:
    """Data tests only, on what stands in the warehouse."""
    chosen = chosen_names(manifest, target, request) - set(manifest.tables)
    warehouse, note = readable(target)
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


def foresee(manifest: Manifest, target: Target, request: Request) -> tuple[Plan, str]:
    """What `build` would do and why; and a note where only the published records could be read."""
    chosen = chosen_names(manifest, target, request)
    before, note = NOTHING, ""
    if target.warehouse.exists():
        warehouse, note = readable(target)
        with warehouse:
            before = past(warehouse.cursor())
    with Warehouse(None) as scratch:
        outlook = look_ahead(manifest, chosen, request, scratch.cursor(), before)
    return outlook.plan, note


def rule_states(manifest: Manifest, meant: Meanings) -> dict[str, SourceState]:
    """The runner's own table of rules, where a project declares it as a source."""
    told = digest(*(f"{name} {rule}" for name, rule in rules(manifest, meant)))
    return {
        name: SourceState(source, content=told)
        for name, source in manifest.project.sources.items()
        if source.relation == RULES
    }


def rules(manifest: Manifest, meant: Meanings) -> list[tuple[str, str]]:
    """By model: what stands for its rule and for every rule it builds on, whatever the data and the day."""
    return [(name, meant[name].rule) for name in manifest.project.models if name in meant]


def source_states(manifest: Manifest, chosen: Iterable[str], cursor: Cursor, before: Past) -> dict[str, SourceState]:
    """Files of every source. What the chosen nodes read must be readable, the rest need not."""
    needed = manifest.graph.all_ancestors(chosen)
    states: dict[str, SourceState] = {}
    errors: list[CoterieError] = []
    for name, source in manifest.project.sources.items():
        if source.relation == RULES:
            continue
        try:
            states[name] = source_state(source, cursor, before.files)
        except DataError as e:
            if name in needed:
                errors.append(e)
    if errors:
        raise Problems(errors)
    return states
