"""Tables that grow: append, delete+insert, merge, and batches along event time.

A table and what its record says of it change in one transaction: a kill leaves both as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from runner.compile import Compiled, Manifest
from runner.contracts import keeps_nulls_out, refuse_nulls
from runner.errors import AuthorError
from runner.identity import Identity
from runner.nodes import Batching, Increment, Model
from runner.plan import Step
from runner.relation import Relation, literal, quoted
from runner.state import SCHEMA, Record, keep_records, keep_stamp
from runner.warehouse import ColumnType, Cursor

FRESH = "fresh"
"""The temporary table that holds what comes in."""


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
        _Batches(step, model, model.batching, cursor, moment).run(exists=exists)
    elif not exists or step.starts_over:
        with cursor.transaction():
            cursor.create("table", model.relation, step.compiled.sql)
            _kept(step, model, cursor, moment)
    else:
        assert model.increment is not None
        with cursor.transaction(), moment.manifest.blamed(replace(step.compiled, sql=step.compiled.increment)):
            _take_in(model, model.increment, step.compiled.increment, cursor)
            _kept(step, model, cursor, moment)
    return int(cursor.value(f"select count(*) from {model.relation}"))


def _kept(step: Step, model: Model, cursor: Cursor, moment: Moment) -> None:
    if keeps_nulls_out(model):
        refuse_nulls(model, str(model.relation), cursor)
    rows = int(cursor.value(f"select count(*) from {model.relation}"))
    keep_records(cursor, [Record(step.name, "ok", step.identity, moment.run_id, rows)])
    keep_stamp(cursor, step.name, moment.clock)


def _take_in(model: Model, increment: Increment, sql: str, cursor: Cursor) -> None:
    prefix = f"create or replace temp table {FRESH} as\n"
    cursor.rows(f"{prefix}{sql}\n", prefix=len(prefix))
    table, fresh = str(model.relation), f"temp.{FRESH}"
    columns = _common_columns(model, increment, cursor)
    listed = ", ".join(map(quoted, columns))
    keys = " and ".join(f"old.{quoted(key)} = new.{quoted(key)}" for key in increment.unique_key)
    if increment.strategy == "merge":
        _refuse_twins(model, increment, cursor)
        updated = _updated(increment, columns)
        sets = ", ".join(f"{quoted(name)} = new.{quoted(name)}" for name in updated)
        values = ", ".join(f"new.{quoted(name)}" for name in columns)
        matched = f"when matched then update set {sets} " if sets else ""
        cursor.run(
            f"merge into {table} as old using {fresh} as new on ({keys}) {matched}"
            f"when not matched then insert ({listed}) values ({values})"
        )
        return
    if increment.strategy == "delete+insert":
        cursor.run(f"delete from {table} as old using {fresh} as new where {keys}")
    cursor.run(f"insert into {table} ({listed}) select {listed} from {fresh}")


def _updated(increment: Increment, columns: Iterable[str]) -> list[str]:
    """What a merge changes in a row that stands: everything but the key, unless the author says."""
    if increment.merge_update_columns:
        return list(increment.merge_update_columns)
    kept = {each.lower() for each in (*increment.unique_key, *increment.merge_exclude_columns)}
    return [name for name in columns if name.lower() not in kept]


def _refuse_twins(model: Model, increment: Increment, cursor: Cursor) -> None:
    keys = ", ".join(map(quoted, increment.unique_key))
    twins = cursor.value(f"select count(*) from (select {keys} from temp.{FRESH} group by {keys} having count(*) > 1)")
    if twins:
        message = f"{twins:,} keys of `{model.name}` come in twice: a merge cannot tell which row to keep"
        raise AuthorError(message, hint=f"keep one row per {', '.join(increment.unique_key)}, or use delete+insert")


def _common_columns(model: Model, increment: Increment, cursor: Cursor) -> list[str]:
    """The columns to fill, after the table has followed the query as far as the author wants."""
    fresh = {each.name: each for each in cursor.columns(f"select * from temp.{FRESH}")}
    table = {each.name: each for each in cursor.columns(f"select * from {model.relation}")}
    added = [each for name, each in fresh.items() if name not in table]
    gone = [name for name in table if name not in fresh]
    other = [name for name in fresh if name in table and fresh[name].type != table[name].type]
    how = increment.on_schema_change or "ignore"
    if how == "fail" and (added or gone or other):
        told = ", ".join([each.name for each in added] + gone + other)
        hint = "coterie build --full-refresh makes it anew; or choose another on_schema_change"
        raise AuthorError(f"the columns of `{model.name}` changed: {told}", hint=hint)
    if how in ("append_new_columns", "sync_all_columns"):
        _follow(model.relation, cursor, added)
    if how == "sync_all_columns":
        for name in gone:
            cursor.run(f"alter table {model.relation} drop column {quoted(name)}")
        for name in other:
            cursor.run(f"alter table {model.relation} alter column {quoted(name)} set data type {fresh[name].type}")
    is_followed = how in ("append_new_columns", "sync_all_columns")
    return [name for name in fresh if name in table or is_followed]


def _follow(relation: Relation, cursor: Cursor, added: Iterable[ColumnType]) -> None:
    for column in added:
        cursor.run(f"alter table {relation} add column {quoted(column.name)} {column.type}")


class _Batches:
    """One microbatch model: which batches there are, what each was made from, which are made again."""

    def __init__(self, step: Step, model: Model, batching: Batching, cursor: Cursor, moment: Moment) -> None:
        self.step, self.model, self.batching, self.cursor, self.moment = step, model, batching, cursor, moment
        self.before: dict[str, str] = {}

    def run(self, *, exists: bool) -> None:
        inputs = self._inputs()
        if self.step.starts_over or not exists or self._has_other_columns():
            self._start_over()
        self.before = dict(
            self.cursor.rows(
                f"select batch_start::varchar, input from {SCHEMA}.batches where model = ?", [self.model.name]
            )
        )
        again = set(sorted(inputs)[-self.batching.lookback - 1 : -1]) if self.batching.lookback else set()
        for start in sorted({*inputs, *self.before}):
            if start in again or inputs.get(start) != self.before.get(start):
                with self.cursor.transaction():
                    self._make(start, inputs.get(start))
        with self.cursor.transaction():
            _kept(self.step, self.model, self.cursor, self.moment)

    def _start_over(self) -> None:
        with self.cursor.transaction():
            self.cursor.run(f"delete from {SCHEMA}.batches where model = ?", [self.model.name])
            self.cursor.create("table", self.model.relation, self.step.compiled.sql, empty=True)

    def _has_other_columns(self) -> bool:
        table = self.cursor.columns(f"select * from {self.model.relation}")
        return self.cursor.columns(self.step.compiled.sql) != table

    def _make(self, start: str, content: str | None) -> None:
        """Replaces one batch, or removes it where its input has no rows any more."""
        name, table, column = self.model.name, self.model.relation, quoted(self.model.event_time)
        size, cursor = self.batching.size, self.cursor
        cursor.run(f"set variable batch_start = {literal(start)}::timestamp")
        cursor.run(
            f"set variable batch_end = least({literal(start)}::timestamp + interval 1 {size}, "
            f"{literal(self.moment.clock)}::timestamp)"
        )
        whole = f"{literal(start)}::timestamp + interval 1 {size}"
        cursor.run(f"delete from {table} where {column} >= {literal(start)}::timestamp and {column} < {whole}")
        cursor.run(f"delete from {SCHEMA}.batches where model = ? and batch_start = ?::timestamp", [name, start])
        if content is None:
            return
        prefix = f"insert into {table} by name select * from (\n"
        complaint = literal(f"a row of the batch {start} of {name} has its {self.model.event_time} outside of it")
        inside = f"{column} >= {literal(start)}::timestamp and {column} < {whole}"
        cursor.rows(
            f"{prefix}{self.step.compiled.sql}\n) where case when {inside} then true else error({complaint}) end",
            prefix=len(prefix),
        )
        cursor.run(
            f"insert into {SCHEMA}.batches values (?, ?::timestamp, ?, ?)", [name, start, content, self.moment.run_id]
        )

    def _inputs(self) -> dict[str, str]:
        """By batch that has rows: what stands for all it reads. A late row anywhere in it changes that."""
        windowed, whole = read_in_batches(self.step.compiled, self.moment.manifest)
        rest = "".join(self.moment.identities[parent].key for parent in whole)
        found: dict[str, list[str]] = {}
        for parent in windowed:
            table = self.moment.manifest.tables[parent]
            column = quoted(table.event_time)
            rows = self.cursor.rows(
                f"select cast(date_trunc('{self.batching.size}', {column}) as timestamp)::varchar as batch_start, "
                f"count(*), sum(hash(each)::hugeint)::varchar from {table.relation} as each "
                f"where {column} >= date_trunc('{self.batching.size}', {literal(self.batching.begin)}::timestamp) "
                f"and {column} < {literal(self.moment.clock)}::timestamp group by all"
            )
            for start, count, checksum in rows:
                found.setdefault(start, []).append(f"{parent} {count} {checksum}")
        return {start: sha256("\n".join([rest, *parts]).encode()).hexdigest() for start, parts in found.items()}


def read_in_batches(compiled: Compiled, manifest: Manifest) -> tuple[list[str], list[str]]:
    """The parents that a microbatch model reads a batch at a time, and those it reads whole."""
    direct = {*compiled.reading.refs, *compiled.reading.sources}
    inlined = [manifest.ephemerals[each] for each in compiled.reading.refs if each in manifest.ephemerals]
    direct -= {parent for each in inlined for parent in each.parents}
    windowed = [each for each in compiled.parents if each in direct and manifest.tables[each].event_time]
    return windowed, [each for each in compiled.parents if each not in windowed]
