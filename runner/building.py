"""The story of a build: selected names → plan → results → records → a published version.

Yields what happens; shows nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path

from runner.compile import Manifest
from runner.errors import CoterieError, DataError, Problems
from runner.execute import Result, Site, Started, execute
from runner.nodes import DataTest, Source
from runner.plan import Plan, make_plan
from runner.publish import About, publish, stale_tables
from runner.relation import quoted
from runner.selection import select
from runner.shapes import ProjectFile, ServeConfig
from runner.sources import SourceState, source_state
from runner.state import Record, Records, node_keys
from runner.warehouse import Cursor, Settings, Warehouse, version

MOST_WORKERS = 4


@dataclass(frozen=True)
class Target:
    """Where the runner writes: the target folder, the warehouse and the serving folder in it."""

    folder: Path
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
    return Target(home, _moved(warehouse.path, home), serve, settings)


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
class Published:
    """What became of publishing: the path readers open, or why not."""

    path: Path | None
    because: str = ""
    stale: tuple[str, ...] = ()
    seconds: float = 0.0


Event = Planned | Started | Result | Published


def build(manifest: Manifest, target: Target, request: Request) -> Iterator[Event]:
    """Raises what keeps it from starting; all that happens after is an event."""
    chosen = select(manifest, request.select, request.exclude)
    with Warehouse(target.warehouse, target.settings) as warehouse:
        cursor = warehouse.cursor()
        records = Records(cursor)
        _refuse_another_shop(records, manifest)
        states = source_states(manifest, chosen, cursor)
        keys = node_keys(manifest, states)
        plan = make_plan(manifest, chosen, keys, records.all())
        yield Planned(plan)
        records.forget(plan.names)
        site = _site(manifest, plan, warehouse, cursor, states)
        results: list[Result] = []
        run_id = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        try:
            events = execute(plan, site, workers=target.workers, fail_fast=request.fail_fast)
            for event in events:
                if isinstance(event, Result):
                    results.append(event)
                yield event
        finally:
            records.keep(_records(results, run_id))
        yield _publish(manifest, target, request, results, keys, records, run_id, cursor)


def test(manifest: Manifest, target: Target, request: Request) -> Iterator[Event]:
    """Data tests only, on what stands in the warehouse."""
    chosen = {
        name
        for name in select(manifest, request.select, request.exclude)
        if isinstance(manifest.compiled[name].node, DataTest)
    }
    with Warehouse(target.warehouse, target.settings, read_only=True) as warehouse:
        keys = dict.fromkeys(manifest.compiled, "")
        plan = make_plan(manifest, frozenset(chosen), keys, {})
        steps = tuple(step for step in plan.steps if step.name in chosen)
        plan = Plan(tuple(replace(step, waits=()) for step in steps))
        yield Planned(plan)
        site = Site(manifest, warehouse, {}, {})
        yield from execute(plan, site, workers=target.workers, fail_fast=request.fail_fast)


def foresee(manifest: Manifest, target: Target, request: Request) -> Plan:
    """What `build` would do and why, from the records of the last build if there is one."""
    chosen = select(manifest, request.select, request.exclude)
    recorded: Mapping[str, Record] = {}
    with Warehouse(None) as scratch:
        states = source_states(manifest, chosen, scratch.cursor())
    if target.warehouse.exists():
        with Warehouse(target.warehouse, read_only=True) as warehouse:
            recorded = read_records(warehouse.cursor())
    return make_plan(manifest, chosen, node_keys(manifest, states), recorded)


def read_records(cursor: Cursor) -> Mapping[str, Record]:
    try:
        rows = cursor.rows("select name, key, run_id from _coterie.records")
    except CoterieError:
        return {}
    return {row[0]: Record(*row) for row in rows}


def _refuse_another_shop(records: Records, manifest: Manifest) -> None:
    known = manifest.project.vars
    records.refuse_another_shop(str(known.get("store", "")), str(known.get("store_path", "")))


def source_states(
    manifest: Manifest, chosen: Iterable[str], cursor: Cursor
) -> dict[str, SourceState]:
    """Files of every source. What the chosen nodes read must be readable, the rest need not."""
    needed = {parent for name in chosen for parent in manifest.compiled[name].parents}
    needed |= {above for name in chosen for above in manifest.graph.ancestors(name)}
    states: dict[str, SourceState] = {}
    errors: list[CoterieError] = []
    for name, compiled in manifest.compiled.items():
        node = compiled.node
        if isinstance(node, Source):
            try:
                states[name] = source_state(node, cursor)
            except DataError as e:
                if name in needed:
                    errors.append(e)
    if errors:
        raise Problems(errors)
    return states


def _site(
    manifest: Manifest,
    plan: Plan,
    warehouse: Warehouse,
    cursor: Cursor,
    states: Mapping[str, SourceState],
) -> Site:
    nodes = [step.compiled.node for step in plan.steps]
    cursor.create_schemas(
        {node.relation.schema for node in nodes if not isinstance(node, DataTest)}
    )
    return Site(manifest, warehouse, cursor.relations(), states)


def _records(results: Iterable[Result], run_id: str) -> list[Record]:
    return [
        Record(each.step.name, each.step.key, run_id)
        for each in results
        if each.status in ("ok", "warned")
    ]


def _publish(
    manifest: Manifest,
    target: Target,
    request: Request,
    results: list[Result],
    keys: Mapping[str, str],
    records: Records,
    run_id: str,
    cursor: Cursor,
) -> Published:
    if target.serve is None or not request.publish:
        return Published(None, "not asked to" if target.serve else "no `serve:` in project.yml")
    if any(each.status in ("failed", "skipped") for each in results):
        return Published(None, "not everything succeeded; the last published version stays")
    stale = stale_tables(manifest, target.serve, keys, records.all())
    if stale:
        because = "these tables are of another state; build them too (or build everything)"
        return Published(None, because, tuple(stale))
    started = datetime.now(UTC)
    about = _about(manifest, run_id, started, cursor)
    path = publish(manifest, target.serve, cursor, about)
    return Published(path, seconds=(datetime.now(UTC) - started).total_seconds())


def _about(manifest: Manifest, run_id: str, now: datetime, cursor: Cursor) -> About:
    project = manifest.project
    return About(
        run_id=run_id,
        project=project.file.name,
        as_of=str(project.vars.get("as_of", "")),
        data_as_of=_data_as_of(manifest, cursor),
        store=str(project.vars.get("store", "")),
        published_at=now.strftime("%Y-%m-%d %H:%M:%S"),
        coterie_version=coterie_version(),
        duckdb_version=version(),
    )


def _data_as_of(manifest: Manifest, cursor: Cursor) -> str | None:
    """The latest event that the required sources hold before `as_of`."""
    as_of = manifest.project.vars.get("as_of")
    latest: str | None = None
    for source in manifest.project.sources.values():
        clocks = [each for each in source.columns if each.facts.get("clock") == "event"]
        if as_of is None or not source.is_required or not manifest.graph.children[source.name]:
            continue
        for column in clocks:
            name = quoted(column.name)
            found = cursor.value(
                f"select max({name}) from {source.relation} where {name} < cast(? as timestamp)",
                [str(as_of)],
            )
            latest = max(filter(None, (latest, str(found) if found else None)), default=None)
    return latest


def coterie_version() -> str:
    try:
        return package_version("coterie")
    except PackageNotFoundError:
        return "unknown"
