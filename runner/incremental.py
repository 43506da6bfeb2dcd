"""Tables that grow: append, delete+insert, merge, batches along event time; and snapshots, every version of every row.

A table and what its record says of it change in one transaction: a kill leaves both as they were. Snapshots (SCD2) have
dbt's columns and rules, but for the clock: what dbt stamps with the wall clock is stamped with as_of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from runner.arrivals import Arrivals, Moment
from runner.declared import COLUMNS, keeps_nulls_out, refuse_nulls
from runner.errors import AuthorError, DataError
from runner.nodes import Batching, Increment, Model, Snapshot, Table
from runner.plan import Step
from runner.relation import Relation, literal, quoted
from runner.state import SCHEMA, Record, keep_records, keep_stamp
from runner.trails import forget, note_changes
from runner.warehouse import ColumnType, Cursor

FRESH = Relation("temp", "fresh")
"""What comes in."""
MOST_AT_ONCE = 31
"""So many batches are made by one query, where that makes the same rows: more would need more memory."""
WATCHED = Relation("temp", "watched")
"""The table whose history a snapshot is, as it is now."""


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


def _kept(step: Step, table: Table, cursor: Cursor, moment: Moment) -> int:
    """What its record says now, in the transaction that changed it; returns the rows of the whole table."""
    if isinstance(table, Model) and keeps_nulls_out(table):
        refuse_nulls(table, str(table.relation), cursor)
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
        matched += f"when not matched then insert ({listed}) values ({values})"
        cursor.run(f"merge into {model.relation} as old using {FRESH} as new on ({keys}) {matched}")
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
    fresh = {each.name.lower(): each for each in cursor.columns(f"from {FRESH}")}
    table = {each.name.lower(): each for each in cursor.columns(f"from {model.relation}")}
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
    _add_columns(model.relation, added, cursor)
    if how == "sync_all_columns":
        for name in gone:
            cursor.run(f"alter table {model.relation} drop column {quoted(name)}")
        for name in other:
            cursor.run(f"alter table {model.relation} alter column {quoted(name)} set data type {fresh[name].type}")
    return list(fresh)


def _add_columns(relation: Relation, added: Iterable[ColumnType], cursor: Cursor) -> None:
    for column in added:
        cursor.run(f"alter table {relation} add column {quoted(column.name)} {column.type}")


class _Batches:
    """One microbatch model: which batches there are, what each was made from, which are made again."""

    def __init__(self, step: Step, model: Model, batching: Batching, cursor: Cursor, moment: Moment) -> None:
        self.step, self.model, self.batching, self.cursor, self.moment = step, model, batching, cursor, moment

    def run(self, *, exists: bool) -> int:
        cursor, name = self.cursor, self.model.name
        arrivals = Arrivals(self.step.compiled, self.model, self.batching, cursor, self.moment)
        inputs = arrivals.by_batch(self.step.identity.own)
        query = f"select batch_start::varchar, input from {SCHEMA}.batches where model = ?"
        before: dict[str, str] = dict(cursor.rows(query, [name]))
        # a table of which no batch is known came from elsewhere
        starts_over = self.step.starts_over or not exists or not before
        if starts_over or cursor.columns(self.step.compiled.sql) != cursor.columns(f"from {self.model.relation}"):
            with cursor.transaction():
                cursor.run(f"delete from {SCHEMA}.batches where model = ?", [name])
                forget(cursor, name)
                cursor.create("table", self.model.relation, self.step.compiled.sql, empty=True)
            before = {}
        again = set(sorted(inputs)[-self.batching.lookback - 1 : -1]) if self.batching.lookback else set()
        starts = sorted({*inputs, *before})
        due = [start in again or inputs.get(start) != before.get(start) for start in starts]
        for neighbours in _neighbours(starts, due, MOST_AT_ONCE if arrivals.stay_apart() else 1):
            with cursor.transaction():
                self._make(neighbours[0], neighbours[-1], {each: inputs[each] for each in neighbours if each in inputs})
        with cursor.transaction():
            return _kept(self.step, self.model, cursor, self.moment)

    def _make(self, first: str, last: str, contents: Mapping[str, str]) -> None:
        """Replaces the batches from the first to the last, or removes those whose input has no rows any more."""
        name, table, time = self.model.name, self.model.relation, self.model.event_time
        begin, cursor = f"{literal(first)}::timestamp", self.cursor
        end = f"{literal(last)}::timestamp + interval 1 {self.batching.size}"
        inside = f"{quoted(time)} >= {begin} and {quoted(time)} < {end}"
        cursor.run(f"set variable batch_start = {begin}")
        cursor.run(f"set variable batch_end = least({end}, {literal(self.moment.clock)}::timestamp)")
        self._note_changes(f"from {table} where {inside}")
        cursor.run(f"delete from {table} where {inside}")
        between = "batch_start between ?::timestamp and ?::timestamp"
        cursor.run(f"delete from {SCHEMA}.batches where model = ? and {between}", [name, first, last])
        if not contents:
            return
        cursor.create("temp table", FRESH, self.step.compiled.sql)
        if outside := cursor.value(f"select count(*) from {FRESH} where ({inside}) is not true"):
            message = f"{outside:,} rows of the batch {first} of `{name}` have their {time} outside of it"
            raise DataError(message, hint="cut them along the same time as the input, or choose larger batches")
        self._note_changes(f"from {FRESH}")
        cursor.run(f"insert into {table} by name from {FRESH}")
        rows = "select $1, unnest($2::varchar[])::timestamp, unnest($3::varchar[]), $4"
        known = [name, [*contents], [*contents.values()], self.moment.run_id]
        cursor.run(f"insert into {SCHEMA}.batches {rows}", known)

    def _note_changes(self, rows: str) -> None:
        if self.model.name in self.moment.manifest.followed:
            note_changes(self.cursor, self.model.name, self.moment.run_id, rows)


def _neighbours(starts: Sequence[str], due: Sequence[bool], most: int) -> list[list[str]]:
    """Batches that are due, those beside each other together; in between, none that stays as it is."""
    found: list[list[str]] = []
    for at, start in enumerate(starts):
        if due[at] and found and due[at - 1] and len(found[-1]) < most:
            found[-1].append(start)
        elif due[at]:
            found.append([start])
    return found


def take_snapshot(step: Step, snapshot: Snapshot, cursor: Cursor, moment: Moment, *, exists: bool) -> int:
    """Adds what changed since the last one; the same day again replaces what that day had added.

    Returns the rows of the whole history. Raises DataError where the unique key is not unique.
    """
    return _Snapshot(step, snapshot, cursor, moment).take(exists=exists)


class _Snapshot:
    def __init__(self, step: Step, snapshot: Snapshot, cursor: Cursor, moment: Moment) -> None:
        self.step, self.snapshot, self.cursor, self.moment = step, snapshot, cursor, moment
        rule = self.rule = snapshot.versioning
        self.table = str(snapshot.relation)
        self.own = [quoted(rule.names.get(name, name)) for name in COLUMNS]
        self.scd_id, self.updated_at, self.valid_from, self.valid_to, self.is_deleted = self.own
        self.now = f"{literal(moment.clock)}::timestamp"
        self.current = rule.valid_to_current or "cast(null as timestamp)"
        self.changed_at = f"cast(new.{quoted(rule.updated_at)} as timestamp)" if rule.updated_at else self.now
        self.keys = [quoted(key) for key in rule.unique_key]
        self.same_key = " and ".join(f"old.{key} = new.{key}" for key in self.keys)
        self.is_current = f"(old.{self.valid_to} is null or old.{self.valid_to} = {self.current})"

    def take(self, *, exists: bool) -> int:
        with self.cursor.transaction():
            self.cursor.create("temp table", WATCHED, self.step.compiled.sql)
            self._refuse_twins()
            if exists:
                self._take_back_today()
                self._follow_columns()
                self._close_and_add()
            else:
                self.cursor.create("table", self.snapshot.relation, self._versions(f"{WATCHED} as new"))
            return _kept(self.step, self.snapshot, self.cursor, self.moment)

    def _refuse_twins(self) -> None:
        keys = ", ".join(self.keys)
        is_null = " or ".join(f"{key} is null" for key in self.keys)
        if self.rule.updated_at:
            is_null += f" or bool_or({quoted(self.rule.updated_at)} is null)"
        query = f"select count(*) from (select {keys} from {WATCHED} group by {keys} having count(*) > 1 or {is_null})"
        if twins := self.cursor.value(query):
            message = f"{twins:,} keys of `{self.snapshot.name}` are null, have no time, or stand in several rows"
            hint = "a version belongs to one row: choose another unique_key, or mend the input"
            raise DataError(message, place=self.snapshot.place, hint=hint)

    def _versions(self, rows: str, deleted: str = "'False'", changed_at: str = "") -> str:
        """`rows` as versions that are valid from the moment they changed."""
        at = changed_at or self.changed_at
        parts = (*(f"new.{key}" for key in self.keys), at)
        words = " || '|' || ".join(f"coalesce(cast({each} as varchar), '')" for each in parts)
        flag = f", {deleted} as {self.is_deleted}" if self.rule.hard_deletes == "new_record" else ""
        times = f"{at} as {self.updated_at}, {at} as {self.valid_from}, {self.current} as {self.valid_to}"
        return f"select new.*, md5({words}) as {self.scd_id}, {times}{flag} from {rows}"

    def _take_back_today(self) -> None:
        """What an earlier run of the same day stamped with it, so that the day can be run again."""
        run, table, now = self.cursor.run, self.table, self.now
        newer = f"exists (select 1 from {table} as new where {self.same_key} and new.{self.valid_from} = {now})"
        if not self.rule.updated_at:
            run(f"delete from {table} where {self.valid_from} = {now}")
        elif self.rule.hard_deletes == "new_record":
            run(f"delete from {table} where {self.valid_from} = {now} and {self.is_deleted} = 'True'")
        reopened = f"update {table} as old set {self.valid_to} = {self.current} where old.{self.valid_to} = {now}"
        run(f"{reopened} and not {newer}")

    def _follow_columns(self) -> None:
        """A new column of the input is one of the history too; one that is gone stays, empty from now on."""
        known = {each.name.lower() for each in self.cursor.columns(f"from {self.table}")}
        added = (each for each in self.cursor.columns(f"from {WATCHED}") if each.name.lower() not in known)
        _add_columns(self.snapshot.relation, added, self.cursor)
        if self.rule.hard_deletes == "new_record" and self.is_deleted.strip('"').lower() not in known:
            self.cursor.run(f"alter table {self.table} add column {self.is_deleted} varchar default 'False'")

    def _close_and_add(self) -> None:
        run, table = self.cursor.run, self.table
        joined = f"from {table} as old inner join {WATCHED} as new on {self.same_key}"
        replaced = f"select old.*, {self.changed_at} as ends_at {joined} where {self.is_current}"
        run(f"create or replace temp table replaced as {replaced} and ({self._is_another()})")
        missing = f"{self.is_current} and not exists (select 1 from {WATCHED} as new where {self.same_key})"
        if self.rule.hard_deletes == "new_record":
            missing += f" and old.{self.is_deleted} = 'False'"
        run(f"create or replace temp table missing as select old.* from {table} as old where {missing}")
        self._close("replaced", "ended.ends_at")
        standing = f"select 1 from {table} as old where {self.same_key} and {self.is_current}"
        run(f"insert into {table} by name {self._versions(f'{WATCHED} as new where not exists ({standing})')}")
        if self.rule.hard_deletes != "ignore":
            self._close("missing", self.now)
        if self.rule.hard_deletes == "new_record":
            rows = f"(select * exclude ({', '.join(self.own)}) from temp.missing) as new"
            run(f"insert into {table} by name {self._versions(rows, literal('True'), self.now)}")

    def _is_another(self) -> str:
        """Is the row that comes in (`new`) another version than the one that stands (`old`)?"""
        gone = f"old.{self.is_deleted} = 'True'" if self.rule.hard_deletes == "new_record" else "false"
        if self.rule.strategy == "timestamp":
            return f"{gone} or old.{self.valid_from} < {self.changed_at}"
        names = self.rule.check_columns or tuple(each.name for each in self.cursor.columns(f"from {WATCHED}"))
        differs = " or ".join(f"old.{quoted(name)} is distinct from new.{quoted(name)}" for name in names)
        return f"{gone} or {differs}"

    def _close(self, ended: str, at: str) -> None:
        """Versions that a temporary table names are valid no longer."""
        closed = f"update {self.table} as old set {self.valid_to} = {at} from temp.{ended} as ended"
        self.cursor.run(f"{closed} where {self.same_key.replace('new.', 'ended.')} and {self.is_current}")
