"""What a build would change before anybody builds it: columns that dashboards read, rules, rows, people.

And the proof on one's own data that a build anew changes nothing. Both build in scratch files beside the warehouse,
which is only read.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from runner.arrivals import Moment
from runner.binding import bind
from runner.building import Events, build
from runner.compile import Manifest
from runner.diff import Compared, Movement, RowDiff, Turnover, differences, movements, turnovers
from runner.errors import CoterieError, DataError, WorldError, raise_all
from runner.execute import Result, Site, execute
from runner.guard import audiences
from runner.lint import known_keys
from runner.nodes import DataTest, Model, Seed, Snapshot, Table
from runner.outlook import Outlook, Request, clock, rules
from runner.plan import Plan, Step
from runner.publish import published
from runner.relation import Relation, literal
from runner.state import SCHEMA, Records
from runner.targets import Target
from runner.warehouse import Cursor, Warehouse

STANDING = "standing"
SCRAMBLED = "order by hash(each)"
PRIMARY, MEMBERSHIP = "segment_primary", "segment_membership"
"""Where people are: addresses that readers rely on as well."""


@dataclass(frozen=True)
class Moves:
    """Tables that would hold other rows, and people who would be elsewhere."""

    rows: tuple[tuple[Relation, RowDiff], ...]
    movements: tuple[Movement, ...]
    turnovers: tuple[Turnover, ...]


def column_changes(manifest: Manifest, target: Target, outlook: Outlook) -> list[str]:
    """Published columns that would be gone, or of another type: who reads them breaks. New ones are no news."""
    serve, known = target.serve, outlook.past.identities
    is_as_before = all(step.name in known and known[step.name].own == step.identity.own for step in outlook.plan.due)
    if serve is None or target.served is None or is_as_before:
        return []
    with Warehouse(target.served, read_only=True) as version:
        before = version.cursor().all_columns()
    with Warehouse(None) as scratch:
        bound = bind(manifest, scratch, with_tests=False)
    raise_all(bound.errors)
    told, nodes = [], published(manifest, serve)
    for node in (each for each in nodes if each.relation in before):
        now = {each.name: each.type for each in bound.columns[node.name]}
        for column in before[node.relation]:
            address = f"{node.relation.address}.{column.name}"
            if column.name not in now:
                told.append(f"{address} would be gone")
            elif now[column.name] != column.type:
                told.append(f"{address}: {column.type} -> {now[column.name]}")
    left = {each.address for each in before if each.schema not in ("main", SCHEMA)}
    left.difference_update(node.relation.address for node in nodes)
    return told + [f"{address} would not be published any more" for address in sorted(left)]


def rule_changes(manifest: Manifest, target: Target, outlook: Outlook) -> list[str]:
    """By audience whose rule would be another one: what changed, in it or in what it is built on."""
    told, known, now = [], outlook.past.identities, outlook.now
    for name in (each.name for each in audiences(manifest, target.serve)):
        if name in known and known[name].rule != now[name].rule:
            above = sorted({name, *manifest.graph.ancestors(name)} - manifest.project.sources.keys())
            changes = ((each, known[each].difference(now[each]) if each in known else "new") for each in above)
            causes = (f"{each}: {change}" for each, change in changes if change and not change.startswith("as_of"))
            told.append(f"{name}: {'; '.join(causes)}")
    return told


def moves(manifest: Manifest, target: Target, outlook: Outlook, started_at: str) -> Moves:
    """Builds what is due beside the warehouse and compares. Raises Problems where it does not build."""
    if not outlook.past.records:
        raise WorldError("nothing is built yet that this could be compared with", hint="coterie build")
    steps = [step for step in outlook.plan.due if not isinstance(step.compiled.node, DataTest)]
    home = target.home / "scratch"
    with _scratch(home), Warehouse(home / "warehouse.duckdb", target.settings) as warehouse:
        cursor = warehouse.cursor()
        cursor.run(f"attach {literal(str(target.warehouse))} as {STANDING} (read_only)")
        cursor.create_schemas({node.relation.schema for node in manifest.tables.values()})
        Records(cursor).keep_rules(rules(manifest, outlook.now))
        for name in ("batches", "arrivals", "stamps"):
            cursor.run(f"insert into {SCHEMA}.{name} from {STANDING}.{SCHEMA}.{name}")
        together = [*_stand_ins(manifest, outlook, steps, cursor), *steps]
        made = {step.name for step in together}
        # no test guards a scratch table
        alone = (replace(step, waits=tuple(sorted(made.intersection(step.compiled.parents)))) for step in together)
        moment = Moment(clock(manifest, started_at), "", outlook.actual, manifest, outlook.states)
        site = Site(manifest, warehouse, cursor.relations(), outlook.states, moment, writes_files=False)
        _carry_out(execute(Plan(tuple(alone)), site, target.workers, fail_fast=False))
        return _compared(manifest, outlook, steps, cursor)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder of what nobody keeps, neither we nor one that was killed."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _carry_out(events: Events) -> None:
    errors = [each.error for each in events if isinstance(each, Result) and each.error is not None]
    raise_all(errors)


def _stand_ins(manifest: Manifest, outlook: Outlook, steps: list[Step], cursor: Cursor) -> list[Step]:
    """What the steps read and nobody builds: tables as they stand, views made again. What grows is copied first."""
    due, kinds = {step.name for step in steps}, outlook.past.relations
    for step in steps:
        relation = manifest.tables[step.name].relation
        if step.compiled.node.grows and kinds.get(relation) == "table":
            cursor.run(f"create table {relation} as from {STANDING}.{relation}")
    views: list[Step] = []
    read = manifest.graph.ancestors(*due) - due
    for name in (each for each in manifest.graph.order if each in read):
        relation = manifest.tables[name].relation
        if kinds.get(relation) == "table":
            cursor.run(f"create view {relation} as from {STANDING}.{relation}")
        else:
            views.append(Step(manifest.compiled[name], outlook.now[name], "", (), 0))
    return views


def _compared(manifest: Manifest, outlook: Outlook, steps: list[Step], cursor: Cursor) -> Moves:
    kinds, here = outlook.past.relations, cursor.relations()
    tables = [manifest.tables[step.name] for step in steps if step.kind != "source"]
    tables = [each for each in tables if kinds.get(each.relation) == here.get(each.relation) == "table"]
    scratch = str(cursor.value("select current_database()"))
    rows = differences(cursor, STANDING, scratch, _how(manifest, tables, ignored=("as_of",)))
    made = {each.name: (f"{STANDING}.{each.relation}", str(each.relation)) for each in tables}
    moved = movements(cursor, *made[PRIMARY]) if PRIMARY in made else ()
    turned = turnovers(cursor, *made[MEMBERSHIP]) if MEMBERSHIP in made else ()
    primary = {place for each in moved for place in (each.origin, each.destination)}
    overlays = (each for each in turned if each.segment not in primary and (each.entered or each.left))
    return Moves(tuple(rows), moved, tuple(overlays))


def _how(manifest: Manifest, tables: Iterable[Table], ignored: tuple[str, ...] = ()) -> Iterator[Compared]:
    """By the shortest key that is known."""
    keys = known_keys(manifest)
    for each in tables:
        key = min(map(sorted, keys[each.name]), key=lambda names: (len(names), names), default=[])
        yield Compared(each.relation, tuple(key), ignored, float(each.meta.get("tolerance", 0)))


def verify(manifest: Manifest, target: Target) -> tuple[int, list[CoterieError]]:
    """How many tables were compared, and an error for each that differs.

    Built with one thread; with all of them and every table filled in another order; and as the warehouse stands,
    incremental models included. What reads a snapshot is left out of the last: its history cannot be made anew.
    """
    tables = [node for node in manifest.tables.values() if _is_table(node)]
    snapshots = set(manifest.project.snapshots)
    lasting = [each for each in tables if not snapshots & {each.name, *manifest.graph.ancestors(each.name)}]
    told: list[CoterieError] = []
    with _scratch(target.home / "verify") as home, Warehouse(None) as memory:
        files = {STANDING: target.warehouse}
        for name, threads, order in (("one", 1, ""), ("other", os.cpu_count() or 2, SCRAMBLED)):
            files[name] = home / name / "warehouse.duckdb"
            other = Target(home / name, files[name], None, replace(target.settings, threads=threads))
            _carry_out(build(manifest, other, Request(insertion_order=order, writes_files=False)))
        cursor = memory.cursor()
        for name, file in files.items():
            cursor.run(f"attach {literal(str(file))} as {name} (read_only)")
        for first, second, compared, words in (
            ("one", "other", tables, "with one thread and with several, filled in another order"),
            (STANDING, "one", lasting, "as it stands and made anew"),
        ):
            found = differences(cursor, first, second, _how(manifest, compared))
            told += (_told(tables, relation, diff, words) for relation, diff in found)
    return len(tables), told


def _is_table(node: Table) -> bool:
    is_made = isinstance(node, Model) and node.materialized in ("table", "incremental")
    return is_made or isinstance(node, (Seed, Snapshot))


def _told(tables: Iterable[Table], relation: Relation, diff: RowDiff, words: str) -> DataError:
    rows = f"{diff.added:,} rows added, {diff.removed:,} removed, {diff.changed:,} changed"
    named = f" ({', '.join(diff.columns_changed)})" if diff.columns_changed else ""
    examples = [*diff.examples.changed, *diff.examples.added, *diff.examples.removed][:3]
    first = "first keys: " + ", ".join(map(str, examples))
    hint = first if examples else "`coterie check` points at picks without a tie-break"
    place = next(each.place for each in tables if each.relation == relation)
    return DataError(f"{relation.address} differs {words}: {rows}{named}", place=place, hint=hint)
