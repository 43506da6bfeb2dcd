"""The story of a build: selected names → plan → results → records → a published version.

Yields what happens; shows nothing.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version as package_version
from pathlib import Path

from runner.binding import bind
from runner.compile import Manifest
from runner.errors import AuthorError, CoterieError, DataError, Problems, WorldError
from runner.execute import Result, Site, Started, execute
from runner.nodes import DataTest
from runner.plan import Plan, make_plan
from runner.publish import FILE, About, publish, refuse_unknown_storage, stale_tables
from runner.relation import quoted
from runner.selection import select
from runner.shapes import ProjectFile, ServeConfig
from runner.sources import SourceState, source_state
from runner.state import Records, node_keys, recorded
from runner.warehouse import Cursor, Settings, Warehouse

MOST_WORKERS = 4


@dataclass(frozen=True)
class Target:
    """Where the runner writes: the warehouse, and the serving folder if there is one."""

    warehouse: Path
    serve: ServeConfig | None
    settings: Settings

    @property
    def workers(self) -> int:
        return min(MOST_WORKERS, self.settings.threads or os.cpu_count() or 1)


def target_of(file: ProjectFile, folder: Path | None, threads: int | None) -> Target:
    """Paths of project.yml below `target/` move to another target folder with it."""
    home = folder or Path("target")
    warehouse = file.warehouse
    settings = Settings(
        threads=threads or warehouse.threads,
        memory_limit=warehouse.memory_limit,
        temp_directory=str(_moved(warehouse.temp_directory or "target/tmp", home)),
    )
    serve = file.serve
    if serve is not None:
        serve = replace(serve, path=str(_moved(serve.path, home)))
    return Target(_moved(warehouse.path, home), serve, settings)


def _moved(path: str, home: Path) -> Path:
    parts = Path(path).parts
    return home.joinpath(*parts[1:]) if parts[:1] == ("target",) else Path(path)


@dataclass(frozen=True)
class Request:
    """What the author asked to be built."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_fast: bool = False
    publish: bool = True


@dataclass(frozen=True)
class Planned:
    plan: Plan


@dataclass(frozen=True)
class Note:
    """Something the reader of what follows should know."""

    text: str


@dataclass(frozen=True)
class Published:
    """What became of publishing: the path readers open, or why not."""

    path: Path | None
    because: str = ""
    stale: tuple[str, ...] = ()
    seconds: float = 0.0


Events = Generator[Note | Planned | Started | Result | Published, None, None]


def build(manifest: Manifest, target: Target, request: Request) -> Events:
    """Raises what keeps it from starting; all that happens after is an event."""
    chosen = select(manifest, request.select, request.exclude)
    refuse_leaks(manifest)
    with _opened(manifest, target) as warehouse:
        cursor = warehouse.cursor()
        if target.serve is not None:
            refuse_unknown_storage(target.serve, cursor)
        records = Records(cursor)
        shop = manifest.project.vars
        records.refuse_another_shop(str(shop.get("store", "")), str(shop.get("store_path", "")))
        known = recorded(cursor)
        chosen = _testable(manifest, chosen, known)
        states = source_states(manifest, chosen, cursor)
        keys = node_keys(manifest, states)
        plan = make_plan(manifest, chosen, keys, known)
        yield Planned(plan)
        records.forget(plan.names)
        cursor.create_schemas({node.relation.schema for node in manifest.tables.values()})
        site = Site(manifest, warehouse, cursor.relations(), states)
        run_id = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        results: list[Result] = []
        try:
            for event in execute(plan, site, target.workers, fail_fast=request.fail_fast):
                if isinstance(event, Result):
                    results.append(event)
                yield event
        finally:
            records.keep({each.step.name: each.step.key for each in results if each.is_good}, run_id)
        yield _published(manifest, target.serve, request, results, keys, cursor, run_id)


def refuse_leaks(manifest: Manifest) -> None:
    """No build without the proof that no identifier reaches a reader."""
    sources = manifest.project.sources.values()
    if any(each.facts.get("pii") == "direct" for source in sources for each in source.columns):
        from runner.privacy import leaks  # behind it is sqlglot, a door that is slow to open

        with Warehouse(None) as scratch:
            bound = bind(manifest, scratch, with_tests=False)
        errors = bound.errors or leaks(manifest, bound.columns)
        if errors:
            raise Problems(errors)


def _testable(manifest: Manifest, chosen: frozenset[str], known: Mapping[str, str]) -> frozenset[str]:
    """A test that also reads a table neither chosen nor built before has to wait for it."""
    there = chosen | set(known) | set(manifest.project.sources)
    return frozenset(
        name for name in chosen if name in manifest.tables or there.issuperset(manifest.compiled[name].parents)
    )


def _opened(manifest: Manifest, target: Target) -> Warehouse:
    try:
        return Warehouse(target.warehouse, target.settings)
    except AuthorError as e:
        raise e.at(manifest.project.file.warehouse.place) from e


def readable(target: Target) -> tuple[Warehouse, str]:
    """The warehouse; while a build holds it, the published version, and a note that says so."""
    if not target.warehouse.exists():
        raise WorldError(f"nothing is built yet: no {target.warehouse}", hint="coterie build")
    try:
        return Warehouse(target.warehouse, target.settings, read_only=True), ""
    except WorldError as e:
        served = Path(target.serve.path) / FILE if target.serve else None
        if served is None or not served.exists():
            raise
        note = f"a build is running ({e.message}); this is the published version"
        return Warehouse(served, target.settings, read_only=True), note


def test(manifest: Manifest, target: Target, request: Request) -> Events:
    """Data tests only, on what stands in the warehouse."""
    chosen = select(manifest, request.select, request.exclude) - set(manifest.tables)
    tests = [manifest.compiled[name].node for name in chosen]
    if target.warehouse.exists() and any(isinstance(each, DataTest) and each.stores_failures for each in tests):
        warehouse, note = _opened(manifest, target), ""
    else:
        warehouse, note = readable(target)
    with warehouse:
        there = warehouse.cursor().relations()
        steps = [
            replace(step, waits=())
            for step in make_plan(manifest, chosen, dict.fromkeys(manifest.compiled, ""), {}).steps
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
        site = Site(manifest, warehouse, {}, {})
        yield from execute(plan, site, target.workers, fail_fast=request.fail_fast)


def foresee(manifest: Manifest, target: Target, request: Request) -> tuple[Plan, str]:
    """What `build` would do and why; and a note where only the published records could be read."""
    chosen = select(manifest, request.select, request.exclude)
    records: Mapping[str, str] = {}
    note = ""
    with Warehouse(None) as scratch:
        states = source_states(manifest, chosen, scratch.cursor())
    if target.warehouse.exists():
        warehouse, note = readable(target)
        with warehouse:
            records = recorded(warehouse.cursor())
    return make_plan(manifest, chosen, node_keys(manifest, states), records), note


def source_states(manifest: Manifest, chosen: Iterable[str], cursor: Cursor) -> dict[str, SourceState]:
    """Files of every source. What the chosen nodes read must be readable, the rest need not."""
    needed = manifest.graph.all_ancestors(chosen)
    states: dict[str, SourceState] = {}
    errors: list[CoterieError] = []
    for name, source in manifest.project.sources.items():
        try:
            states[name] = source_state(source, cursor)
        except DataError as e:
            if name in needed:
                errors.append(e)
    if errors:
        raise Problems(errors)
    return states


def _published(
    manifest: Manifest,
    serve: ServeConfig | None,
    request: Request,
    results: list[Result],
    keys: Mapping[str, str],
    cursor: Cursor,
    run_id: str,
) -> Published:
    if serve is None or not request.publish:
        return Published(None, "not asked to" if serve else "no `serve:` in project.yml")
    if not all(each.is_good for each in results):
        return Published(None, "not everything succeeded; the last published version stays")
    stale = stale_tables(manifest, serve, keys, recorded(cursor))
    if stale:
        because = "these tables are of another state; build them too (or build everything)"
        return Published(None, because, tuple(stale))
    started = datetime.now(UTC)
    path = publish(manifest, serve, cursor, _about(manifest, run_id, started, cursor))
    return Published(path, seconds=(datetime.now(UTC) - started).total_seconds())


def _about(manifest: Manifest, run_id: str, now: datetime, cursor: Cursor) -> About:
    known = manifest.project.vars
    return {
        "run_id": run_id,
        "project": manifest.project.file.name,
        "as_of": str(known.get("as_of", "")),
        "data_as_of": _data_as_of(manifest, cursor),
        "store": str(known.get("store", "")),
        "published_at": now.strftime("%Y-%m-%d %H:%M:%S"),
        "coterie_version": package_version("coterie"),
        "duckdb_version": package_version("duckdb"),
    }


def _data_as_of(manifest: Manifest, cursor: Cursor) -> str | None:
    """The latest event that the required sources hold before `as_of`."""
    as_of = manifest.project.vars.get("as_of")
    clocks = [
        (source.relation, quoted(column.name))
        for source in manifest.project.sources.values()
        if source.is_required and manifest.graph.children[source.name]
        for column in source.columns
        if column.facts.get("clock") == "event"
    ]
    if not clocks or as_of is None:
        return None
    times = " union all ".join(f"select max({name}) as latest from {table} where {name} < $1" for table, name in clocks)
    latest = cursor.value(f"select max(latest) from ({times})", [str(as_of)])
    return str(latest) if latest else None
