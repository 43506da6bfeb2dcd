"""Tables that grow: append, delete+insert, merge, and batches along event time.

A table and what its record says of it change in one transaction: a kill leaves both as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from runner.compile import Compiled, Manifest
from runner.contracts import keeps_nulls_out, refuse_nulls
from runner.errors import AuthorError
from runner.identity import Identity, digest
from runner.nodes import Batching, Increment, Model, Table
from runner.plan import Step
from runner.relation import Relation, literal, quoted
from runner.state import SCHEMA, Record, keep_records, keep_stamp
from runner.warehouse import ColumnType, Cursor

FRESH = Relation("temp", "fresh")
"""What comes in."""


@dataclass(frozen=True)
class Moment:
    """When and for which run a growing table is brought up to date."""

    clock: str
    """as_of, as a timestamp (UTC); the start of the run in a project that has no as_of."""
    run_id: str
    identities: Mapping[str, Identity]
    manifest: Manifest


def grow(step: Step, model: Model, cursor: Cursor, moment: Moment, *, exists: bool) -> int:
    """Brings an incremental model up to date; returns the rows of the whole table."""
    if model.batching is not None:
        return _Batches(step, model, model.batching, cursor, moment).run(exists=exists)
    if not exists or step.starts_over:
        with cursor.transaction():
            cursor.create("table", model.relation, step.compiled.sql)
            return _kept(step, model, cursor, moment)
    assert model.increment is not None
    with cursor.transaction(), moment.manifest.blamed(replace(step.compiled, sql=step.compiled.increment)):
        _take_in(model, model.increment, step.compiled.increment, cursor)
        return _kept(step, model, cursor, moment)


def _kept(step: Step, model: Model, cursor: Cursor, moment: Moment) -> int:
    if keeps_nulls_out(model):
        refuse_nulls(model, str(model.relation), cursor)
    return keep_grown(step, model, cursor, moment)


def keep_grown(step: Step, table: Table, cursor: Cursor, moment: Moment) -> int:
    """What its record says now, in the transaction that changed it; returns the rows of the whole table."""
    rows = int(cursor.value(f"select count(*) from {table.relation}"))
    keep_records(cursor, [Record(step.name, "ok", step.identity, moment.run_id, rows)])
    keep_stamp(cursor, step.name, moment.clock)
    return rows


def _take_in(model: Model, increment: Increment, sql: str, cursor: Cursor) -> None:
    cursor.create("temp table", FRESH, sql)
    columns = _common_columns(model, increment, cursor)
    listed = ", ".join(map(quoted, columns))
    keys = " and ".join(f"old.{quoted(key)} = new.{quoted(key)}" for key in increment.unique_key)
    if increment.strategy == "merge":
        _refuse_twins(model, increment, cursor)
        sets = ", ".join(f"{quoted(name)} = new.{quoted(name)}" for name in _updated(increment, columns))
        values = ", ".join(f"new.{quoted(name)}" for name in columns)
        matched = f"when matched then update set {sets} " if sets else ""
        cursor.run(
            f"merge into {model.relation} as old using {FRESH} as new on ({keys}) {matched}"
            f"when not matched then insert ({listed}) values ({values})"
        )
        return
    if increment.strategy == "delete+insert":
        cursor.run(f"delete from {model.relation} as old using {FRESH} as new where {keys}")
    cursor.run(f"insert into {model.relation} ({listed}) select {listed} from {FRESH}")


def _updated(increment: Increment, columns: Iterable[str]) -> list[str]:
    """What a merge changes in a row that stands: everything but the key, unless the author says."""
    if increment.merge_update_columns:
        return list(increment.merge_update_columns)
    kept = {each.lower() for each in (*increment.unique_key, *increment.merge_exclude_columns)}
    return [name for name in columns if name.lower() not in kept]


def _refuse_twins(model: Model, increment: Increment, cursor: Cursor) -> None:
    keys = ", ".join(map(quoted, increment.unique_key))
    twins = cursor.value(f"select count(*) from (select {keys} from {FRESH} group by {keys} having count(*) > 1)")
    if twins:
        message = f"{twins:,} keys of `{model.name}` come in twice: a merge cannot tell which row to keep"
        raise AuthorError(message, hint=f"keep one row per {', '.join(increment.unique_key)}, or use delete+insert")


def _common_columns(model: Model, increment: Increment, cursor: Cursor) -> list[str]:
    """The columns to fill, after the table has followed the query as far as the author wants."""
    fresh = {each.name: each for each in cursor.columns(f"from {FRESH}")}
    table = {each.name: each for each in cursor.columns(f"from {model.relation}")}
    added = [each for name, each in fresh.items() if name not in table]
    gone = [name for name in table if name not in fresh]
    other = [name for name in fresh if name in table and fresh[name].type != table[name].type]
    how = increment.on_schema_change
    if how == "fail" and (added or gone or other):
        told = ", ".join([each.name for each in added] + gone + other)
        hint = "coterie build --full-refresh makes it anew; or choose another on_schema_change"
        raise AuthorError(f"the columns of `{model.name}` changed: {told}", hint=hint)
    if how not in ("append_new_columns", "sync_all_columns"):
        return [name for name in fresh if name in table]
    add_columns(model.relation, added, cursor)
    if how == "sync_all_columns":
        for name in gone:
            cursor.run(f"alter table {model.relation} drop column {quoted(name)}")
        for name in other:
            cursor.run(f"alter table {model.relation} alter column {quoted(name)} set data type {fresh[name].type}")
    return list(fresh)


def add_columns(relation: Relation, added: Iterable[ColumnType], cursor: Cursor) -> None:
    for column in added:
        cursor.run(f"alter table {relation} add column {quoted(column.name)} {column.type}")


class _Batches:
    """One microbatch model: which batches there are, what each was made from, which are made again."""

    def __init__(self, step: Step, model: Model, batching: Batching, cursor: Cursor, moment: Moment) -> None:
        self.step, self.model, self.batching, self.cursor, self.moment = step, model, batching, cursor, moment

    def run(self, *, exists: bool) -> int:
        cursor, name, inputs = self.cursor, self.model.name, self._inputs()
        if self.step.starts_over or not exists or self._has_other_columns():
            with cursor.transaction():
                cursor.run(f"delete from {SCHEMA}.batches where model = ?", [name])
                cursor.create("table", self.model.relation, self.step.compiled.sql, empty=True)
        query = f"select batch_start::varchar, input from {SCHEMA}.batches where model = ?"
        before: dict[str, str] = dict(cursor.rows(query, [name]))
        again = set(sorted(inputs)[-self.batching.lookback - 1 : -1]) if self.batching.lookback else set()
        for start in sorted({*inputs, *before}):
            if start in again or inputs.get(start) != before.get(start):
                with cursor.transaction():
                    self._make(start, inputs.get(start))
        with cursor.transaction():
            return _kept(self.step, self.model, cursor, self.moment)

    def _has_other_columns(self) -> bool:
        return self.cursor.columns(self.step.compiled.sql) != self.cursor.columns(f"from {self.model.relation}")

    def _make(self, start: str, content: str | None) -> None:
        """Replaces one batch, or removes it where its input has no rows any more."""
        name, table, column = self.model.name, self.model.relation, quoted(self.model.event_time)
        begin, cursor = f"{literal(start)}::timestamp", self.cursor
        end = f"{begin} + interval 1 {self.batching.size}"
        inside = f"{column} >= {begin} and {column} < {end}"
        cursor.run(f"set variable batch_start = {begin}")
        cursor.run(f"set variable batch_end = least({end}, {literal(self.moment.clock)}::timestamp)")
        cursor.run(f"delete from {table} where {inside}")
        cursor.run(f"delete from {SCHEMA}.batches where model = ? and batch_start = ?::timestamp", [name, start])
        if content is None:
            return
        prefix = f"insert into {table} by name select * from (\n"
        complaint = literal(f"a row of the batch {start} of {name} has its {self.model.event_time} outside of it")
        checked = f"case when {inside} then true else error({complaint}) end"
        cursor.rows(f"{prefix}{self.step.compiled.sql}\n) where {checked}", prefix=len(prefix))
        row = [name, start, content, self.moment.run_id]
        cursor.run(f"insert into {SCHEMA}.batches values (?, ?::timestamp, ?, ?)", row)

    def _inputs(self) -> dict[str, str]:
        """By batch that has rows: what stands for all it reads. A late row anywhere in it changes that."""
        windowed, whole = read_in_batches(self.step.compiled, self.moment.manifest)
        rest = "".join(self.moment.identities[parent].key for parent in whole)
        size = self.batching.size
        found: dict[str, list[str]] = {}
        for parent in windowed:
            table = self.moment.manifest.tables[parent]
            column = quoted(table.event_time)
            rows = self.cursor.rows(
                f"select cast(date_trunc('{size}', {column}) as timestamp)::varchar as batch_start, "
                f"count(*), sum(hash(each)::hugeint)::varchar from {table.relation} as each "
                f"where {column} >= date_trunc('{size}', {literal(self.batching.begin)}::timestamp) "
                f"and {column} < {literal(self.moment.clock)}::timestamp group by all"
            )
            for start, count, checksum in rows:
                found.setdefault(start, []).append(f"{parent} {count} {checksum}")
        return {start: digest(rest, *parts) for start, parts in found.items()}


def read_in_batches(compiled: Compiled, manifest: Manifest) -> tuple[list[str], list[str]]:
    """The parents that a microbatch model reads a batch at a time, and those it reads whole."""
    direct = {*compiled.reading.refs, *compiled.reading.sources}
    inlined = [manifest.ephemerals[each] for each in compiled.reading.refs if each in manifest.ephemerals]
    direct -= {parent for each in inlined for parent in each.parents}
    windowed = [each for each in compiled.parents if each in direct and manifest.tables[each].event_time]
    return windowed, [each for each in compiled.parents if each not in windowed]
