"""What is owed and why: the selection, the state of the sources, the plan. Reads everything, touches nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from runner.arrivals import Moment
from runner.compile import Manifest
from runner.config import place_of
from runner.errors import AuthorError, CoterieError, DataError, WorldError, raise_all
from runner.identity import Meanings, States, digest, identities, meanings
from runner.nodes import Source
from runner.plan import Plan, make_plan
from runner.selection import select
from runner.sources import SourceState, source_state
from runner.state import NOTHING, RULES, Past, Record, past, read_copy
from runner.targets import Target, readable, target_of
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
    insertion_order: str = ""
    """How the rows of every table are ordered before they go in; the engine decides where nothing is said."""
    writes_files: bool = True
    """False for a build that nobody must notice: external models are tables then."""
    accept_swing: tuple[str, ...] = ()
    """Audiences that may be published this once, however far they moved."""


@dataclass(frozen=True)
class Deferral:
    """Which tables are copied from which file, and what must be built all the same."""

    path: Path
    copied: tuple[str, ...]
    needed: frozenset[str]
    """Unbuilt parents that are not published either."""
    records: Mapping[str, Record]

    @property
    def told(self) -> str:
        """What a person should know of it."""
        some = ", ".join(self.copied[:5]) + (" …" if self.copied[5:] else "")
        return f"read from the published version: {some}" if self.copied else "nothing had to be read from elsewhere"


@dataclass(frozen=True)
class Outlook:
    """What is owed, and all that was looked at to know it."""

    past: Past
    states: States
    now: Meanings
    """What everything should be."""
    actual: Meanings
    """What it will be after this plan: a table that is not selected stays of the state that it is of."""
    plan: Plan
    deferral: Deferral | None = None


def chosen_names(manifest: Manifest, target: Target, request: Request) -> frozenset[str]:
    """Raises AuthorError for what matches nothing."""
    words = " ".join(request.select + request.exclude)
    marked = _marked(manifest, target, request) if "state:" in words else None
    return select(manifest, request.select, request.exclude, marked)


def _marked(manifest: Manifest, target: Target, request: Request) -> dict[str, frozenset[str]]:
    """What `state:modified` and `state:new` mean: compared with another target folder, or with our own last build."""
    known = read_copy((request.state or target.home) / "state.json")
    earlier = {name: each.identity for name, each in known.items()}
    with Warehouse(None) as scratch:
        now = meanings(manifest, earlier, scratch.cursor().is_same_query)
    new = frozenset(name for name in now if name not in earlier)
    changed = frozenset(name for name, each in now.items() if name in earlier and each.own != earlier[name].own)
    return {"new": new, "modified": new | changed}


def look_ahead(manifest: Manifest, target: Target, request: Request, cursor: Cursor, before: Past) -> Outlook:
    """Reads the state of source files; touches nothing."""
    chosen = chosen_names(manifest, target, request)
    found = None
    if request.defer:
        other = target_of(manifest.project.file, request.state, None) if request.state else target
        found = _deferral(manifest, chosen, before, other.served)
        chosen |= found.needed
    # a test that also reads a table neither chosen nor built before has to wait for it
    there = {*chosen, *before.records, *manifest.project.sources, *(found.copied if found else ())}
    chosen -= {name for name in chosen - manifest.tables.keys() if not there.issuperset(manifest.graph.parents[name])}
    meant = meanings(manifest, before.identities, cursor.is_same_query)
    states = _source_states(manifest, chosen, cursor, before, meant)
    now = identities(manifest, meant, states, {})
    actual = identities(manifest, meant, states, _standing(manifest, chosen, before, meant, found))
    plan = make_plan(manifest, chosen, actual, before, full_refresh=request.full_refresh)
    return Outlook(before, states, now, actual, plan, found)


def _deferral(manifest: Manifest, chosen: frozenset[str], before: Past, served: Path | None) -> Deferral:
    """Raises WorldError where nothing is published to defer to."""
    if served is None:
        raise WorldError("nothing is published to defer to", hint="--state names the target folder of another build")
    with Warehouse(served, read_only=True) as warehouse:
        there = past(warehouse.cursor())
    copied, needed = set[str](), set[str]()
    frontier = {parent for name in chosen for parent in manifest.graph.parents[name]}
    while frontier:
        new = (manifest.tables[name] for name in frontier - chosen - needed - copied)
        unbuilt = {each.name for each in new if not isinstance(each, Source) and each.relation not in before.relations}
        published = {name for name in unbuilt if manifest.tables[name].relation in there.relations}
        copied |= published
        needed |= unbuilt - published
        frontier = {parent for name in unbuilt - published for parent in manifest.graph.parents[name]}
    return Deferral(served, tuple(sorted(copied)), frozenset(needed), there.records)


def _standing(
    manifest: Manifest, chosen: frozenset[str], before: Past, meant: Meanings, found: Deferral | None
) -> dict[str, str]:
    """By table that stands and is not built now: the key of what it is, whatever it should be.

    A view that stands is of the state of what it reads, which may be built now, or be files that are new.
    """
    copied = {name: found.records[name].identity.key for name in found.copied} if found else {}
    keys, views = before.keys, {name for name, node in manifest.tables.items() if node.is_view}
    passing = {name for name in views & keys.keys() if before.identities[name].own == meant[name].own}
    passing = {name for name in passing if before.identities[name].clock == meant[name].clock}
    tables = [name for name in manifest.tables if name not in {*chosen, *manifest.project.sources, *passing}]
    return {name: keys.get(name, f"unfinished {before.run_of(name)}") for name in tables} | copied


def clock(manifest: Manifest, started_at: str) -> str:
    """as_of as a timestamp (UTC). A project without one has the clock of its runs, as in dbt."""
    as_of = manifest.project.vars.get("as_of")
    if as_of is None:
        return started_at
    try:
        moment = datetime.fromisoformat(str(as_of))
        return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat(sep=" ")
    except ValueError as e:
        place = place_of("as_of", manifest.project.file.place, manifest.project.file.vars)
        raise AuthorError(f"`as_of: {as_of}` is not a date", place=place, hint="for example 2026-11-01") from e


def refuse_earlier_day(outlook: Outlook, moment: Moment) -> None:
    """Tables that grow know the days they have seen, and cannot forget one."""
    now = datetime.fromisoformat(moment.clock)
    for step in outlook.plan.steps:
        seen = outlook.past.stamps.get(step.name, "") if step.compiled.node.grows and not step.starts_over else ""
        if seen and datetime.fromisoformat(seen) > now:
            raise AuthorError(
                f"`{step.name}` was brought up to {seen} already; this build is of {moment.clock}",
                place=step.compiled.node.place,
                hint="days come in order: go on from there, give this day its own --target-dir, or --full-refresh"
                " what can be made anew",
            )


def foresee(manifest: Manifest, target: Target, request: Request) -> tuple[Outlook, str]:
    """What `build` would do and why; and a note where only the published records could be read."""
    before, note = NOTHING, ""
    if target.warehouse.exists():
        warehouse, note = readable(target)
        with warehouse:
            before = past(warehouse.cursor())
    with Warehouse(None) as scratch:
        return look_ahead(manifest, target, request, scratch.cursor(), before), note


def rules(manifest: Manifest, meant: Meanings) -> list[tuple[str, str]]:
    """By model: what stands for its rule and for every rule it builds on, whatever the data and the day."""
    return [(name, meant[name].rule) for name in manifest.project.models if name in meant]


def _source_states(manifest: Manifest, chosen: Iterable[str], cursor: Cursor, before: Past, meant: Meanings) -> States:
    """Files of every source. What the chosen nodes read must be readable, the rest need not."""
    needed = manifest.graph.ancestors(*chosen)
    states: dict[str, SourceState] = {}
    errors: list[CoterieError] = []
    for name, source in manifest.project.sources.items():
        try:
            if source.relation == RULES:  # the runner's own table, where a project declares it as a source
                told = digest(*(f"{model} {rule}" for model, rule in rules(manifest, meant)))
                states[name] = SourceState(source, content=told)
            else:
                states[name] = source_state(source, cursor, before.files)
        except DataError as e:
            errors += [e] if name in needed else []
    raise_all(errors)
    return states
