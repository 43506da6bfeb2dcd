"""What a build would change before anybody builds it: columns that dashboards read, rules, rows, people.

Rows and people need a build: it happens in a scratch file beside the warehouse, which is only read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from runner.binding import bind
from runner.compile import Manifest
from runner.diff import Movement, RowDiff, Turnover, compare, movements, turnovers
from runner.errors import Problems
from runner.execute import Result, execute
from runner.guard import audiences
from runner.incremental import Moment
from runner.lint import known_keys
from runner.materialize import Site
from runner.nodes import DataTest, Source, Table
from runner.outlook import Outlook, clock, rules
from runner.plan import Plan, Step
from runner.publish import published
from runner.relation import literal, quoted
from runner.state import SCHEMA, Records
from runner.targets import Target
from runner.warehouse import Cursor, Warehouse

STANDING = "standing"
PRIMARY, MEMBERSHIP = "segment_primary", "segment_membership"
"""Where people are: addresses that readers rely on as well."""


@dataclass(frozen=True)
class Rows:
    table: str
    diff: RowDiff


@dataclass(frozen=True)
class Moves:
    """Tables that would hold other rows, and people who would be elsewhere."""

    rows: tuple[Rows, ...]
    movements: tuple[Movement, ...]
    turnovers: tuple[Turnover, ...]


def column_changes(manifest: Manifest, target: Target, outlook: Outlook) -> list[str]:
    """Published columns that would be gone, or of another type: who reads them breaks. New ones are no news."""
    serve, known = target.serve, outlook.past.records
    is_another = any(
        step.name not in known or known[step.name].identity.own != step.identity.own for step in outlook.plan.due
    )
    if serve is None or target.served is None or not is_another:
        return []
    with Warehouse(target.served, read_only=True) as version:
        before = version.cursor().all_columns()
    with Warehouse(None) as scratch:
        bound = bind(manifest, scratch, with_tests=False)
    if bound.errors:
        raise Problems(bound.errors)
    told = []
    for node in (each for each in published(manifest, serve) if each.relation in before):
        now = {each.name: each.type for each in bound.columns[node.name]}
        for column in before[node.relation]:
            kind, address = now.get(column.name, "gone"), f"{node.relation.address}.{column.name}"
            if kind != column.type:
                told.append(f"{address} would be gone" if kind == "gone" else f"{address}: {column.type} -> {kind}")
    left = {each.address for each in before if each.schema not in ("main", SCHEMA)}
    left -= {node.relation.address for node in published(manifest, serve)}
    return told + [f"{address} would not be published any more" for address in sorted(left)]


def rule_changes(manifest: Manifest, target: Target, outlook: Outlook) -> list[str]:
    """By audience whose rule would be another one: what changed, in it or in what it is built on."""
    told, known = [], outlook.past.records
    now = dict(rules(manifest, outlook.now))
    for model in audiences(manifest, target.serve):
        record = known.get(model.name)
        if record is None or record.identity.rule == now[model.name]:
            continue
        causes = []
        for name in sorted({model.name, *manifest.graph.ancestors(model.name)}):
            change = known[name].identity.difference(outlook.now[name]) if name in known else "new"
            if change and not change.startswith("as_of") and not isinstance(manifest.tables[name], Source):
                causes.append(f"{name}: {change}")
        told.append(f"{model.name}: {'; '.join(causes)}")
    return told


def moves(manifest: Manifest, target: Target, outlook: Outlook, started_at: str) -> Moves:
    """Builds what is due beside the warehouse and compares. Raises Problems where it does not build."""
    steps = [step for step in outlook.plan.due if not isinstance(step.compiled.node, DataTest)]
    with _scratch(target) as warehouse:
        cursor = warehouse.cursor()
        cursor.run(f"attach {literal(str(target.warehouse))} as {STANDING} (read_only)")
        cursor.create_schemas({node.relation.schema for node in manifest.tables.values()})
        Records(cursor).keep_rules(rules(manifest, outlook.now))
        for name in ("batches", "stamps"):
            cursor.run(f"insert into {SCHEMA}.{name} from {STANDING}.{SCHEMA}.{name}")
        plan = _untested([*_stand_ins(manifest, outlook, steps, cursor), *steps])
        moment = Moment(clock(manifest, started_at), "", outlook.actual, manifest)
        site = Site(manifest, warehouse, cursor.relations(), outlook.states, moment)
        results = [each for each in execute(plan, site, target.workers, fail_fast=False) if isinstance(each, Result)]
        errors = [each.error for each in results if each.error is not None]
        if errors:
            raise Problems(errors)
        return _compared(manifest, outlook, steps, cursor)


@contextmanager
def _scratch(target: Target) -> Iterator[Warehouse]:
    path = target.home / "scratch.duckdb"
    try:
        path.unlink(missing_ok=True)
        with Warehouse(path, target.settings) as warehouse:
            yield warehouse
    finally:
        for left in (path, Path(f"{path}.wal")):
            left.unlink(missing_ok=True)


def _stand_ins(manifest: Manifest, outlook: Outlook, steps: list[Step], cursor: Cursor) -> list[Step]:
    """What the steps read and nobody builds: tables as they stand, views made again. What grows is copied first."""
    due, kinds = {step.name for step in steps}, outlook.past.relations
    for step in steps:
        relation = manifest.tables[step.name].relation
        if step.compiled.node.grows and kinds.get(relation) == "table":
            cursor.run(f"create table {relation} as from {STANDING}.{relation}")
    views: list[Step] = []
    for name in manifest.graph.order:
        if name in due or name not in manifest.graph.all_ancestors(due):
            continue
        node = manifest.tables[name]
        if kinds.get(node.relation) == "table":
            cursor.run(f"create view {node.relation} as from {STANDING}.{node.relation}")
        else:
            views.append(Step(manifest.compiled[name], outlook.now[name], "", (), 0))
    return views


def _untested(steps: list[Step]) -> Plan:
    """Each waits for what it reads; no test guards a scratch table."""
    made = {step.name for step in steps}
    waits = (tuple(each for each in step.compiled.parents if each in made) for step in steps)
    return Plan(tuple(replace(step, waits=each) for step, each in zip(steps, waits)))


def _compared(manifest: Manifest, outlook: Outlook, steps: list[Step], cursor: Cursor) -> Moves:
    kinds, here, keys = outlook.past.relations, cursor.relations(), known_keys(manifest)
    tables = [manifest.tables[step.name] for step in steps if step.kind != "source"]
    tables = [each for each in tables if kinds.get(each.relation) == here.get(each.relation) == "table"]
    rows = []
    for table in tables:
        key = min(map(sorted, keys[table.name]), key=lambda each: (len(each), each), default=[])
        tolerance = float(table.meta.get("tolerance", 0))
        diff = compare(cursor, _before(table), str(table.relation), key, ("as_of",), tolerance)
        rows += [] if diff.is_empty else [Rows(table.relation.address, diff)]
    made = {each.name: each for each in tables}
    moved = movements(cursor, _before(made[PRIMARY]), str(made[PRIMARY].relation)) if PRIMARY in made else ()
    turned: tuple[Turnover, ...] = ()
    if MEMBERSHIP in made:
        turned = turnovers(cursor, _before(made[MEMBERSHIP]), str(made[MEMBERSHIP].relation))
    primary = {place for each in moved for place in (each.origin, each.destination)}
    overlays = (each for each in turned if each.segment not in primary and (each.entered or each.left))
    return Moves(tuple(rows), moved, tuple(overlays))


def _before(table: Table) -> str:
    return f"{quoted(STANDING)}.{table.relation}"
