"""Snapshots: every version of every row of another table, with when it was valid (SCD2).

dbt's columns and rules, but for the clock: what dbt stamps with the wall clock is stamped with as_of.
"""

from __future__ import annotations

from runner.declared import COLUMNS
from runner.errors import DataError
from runner.incremental import Moment
from runner.nodes import Snapshot
from runner.plan import Step
from runner.relation import literal, quoted
from runner.state import Record, keep_records, keep_stamp
from runner.warehouse import Cursor

INPUT = "temp.watched"


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
        named = {name: quoted(rule.names.get(name, name)) for name in COLUMNS}
        self.valid_from, self.valid_to = named["dbt_valid_from"], named["dbt_valid_to"]
        self.scd_id, self.updated_at = named["dbt_scd_id"], named["dbt_updated_at"]
        self.is_deleted = named["dbt_is_deleted"]
        self.now = f"{literal(moment.clock)}::timestamp"
        self.current = rule.valid_to_current or "cast(null as timestamp)"
        self.changed_at = f"cast(new.{quoted(rule.updated_at)} as timestamp)" if rule.updated_at else self.now
        self.keys = [quoted(key) for key in rule.unique_key]
        self.same_key = " and ".join(f"old.{key} = new.{key}" for key in self.keys)
        self.is_current = (
            f"(old.{self.valid_to} is null or old.{self.valid_to} = {self.current})"
            if rule.valid_to_current
            else f"old.{self.valid_to} is null"
        )

    def take(self, *, exists: bool) -> int:
        cursor = self.cursor
        with cursor.transaction():
            self._read_input()
            self._refuse_twins()
            if exists:
                self._take_back_today()
                self._follow_columns()
                self._close_and_add()
            else:
                cursor.run(f"create table {self.table} as {self._versions(f'{INPUT} as new')}")
            rows = int(cursor.value(f"select count(*) from {self.table}"))
            keep_records(cursor, [Record(self.step.name, "ok", self.step.identity, self.moment.run_id, rows)])
            keep_stamp(cursor, self.step.name, self.moment.clock)
        return rows

    def _read_input(self) -> None:
        prefix = f"create or replace temp table {INPUT.partition('.')[2]} as\n"
        self.cursor.rows(f"{prefix}{self.step.compiled.sql}\n", prefix=len(prefix))

    def _refuse_twins(self) -> None:
        keys = ", ".join(self.keys)
        is_null = " or ".join(f"{key} is null" for key in self.keys)
        query = f"select count(*) from (select {keys} from {INPUT} group by all having count(*) > 1 or {is_null})"
        twins = self.cursor.value(query)
        if twins:
            message = f"{twins:,} keys of the snapshot `{self.snapshot.name}` are null or stand in several rows"
            hint = "a version belongs to one row: choose another unique_key, or mend the input"
            raise DataError(message, place=self.snapshot.place, hint=hint)

    def _versions(self, rows: str, deleted: str = "'False'", changed_at: str = "") -> str:
        """`rows` as versions that are valid from the moment they changed."""
        at = changed_at or self.changed_at
        words = " || '|' || ".join(
            f"coalesce(cast({each} as varchar), '')" for each in (*(f"new.{key}" for key in self.keys), at)
        )
        flag = f", {deleted} as {self.is_deleted}" if self.rule.hard_deletes == "new_record" else ""
        return (
            f"select new.*, md5({words}) as {self.scd_id}, {at} as {self.updated_at}, {at} as {self.valid_from}, "
            f"{self.current} as {self.valid_to}{flag} from {rows}"
        )

    def _take_back_today(self) -> None:
        """What an earlier run of the same day stamped with it, so that the day can be run again."""
        run, table, now = self.cursor.run, self.table, self.now
        newer = f"exists (select 1 from {table} as new where {self.same_key} and new.{self.valid_from} = {now})"
        if not self.rule.updated_at:
            run(f"delete from {table} where {self.valid_from} = {now}")
        elif self.rule.hard_deletes == "new_record":
            run(f"delete from {table} where {self.valid_from} = {now} and {self.is_deleted} = 'True'")
        run(
            f"update {table} as old set {self.valid_to} = {self.current} "
            f"where old.{self.valid_to} = {now} and not {newer}"
        )

    def _follow_columns(self) -> None:
        """A new column of the input is one of the history too; one that is gone stays, empty from now on."""
        known = {each.name.lower() for each in self.cursor.columns(f"select * from {self.table}")}
        for column in self.cursor.columns(f"select * from {INPUT}"):
            if column.name.lower() not in known:
                self.cursor.run(f"alter table {self.table} add column {quoted(column.name)} {column.type}")
        if self.rule.hard_deletes == "new_record" and self.is_deleted.strip('"').lower() not in known:
            self.cursor.run(f"alter table {self.table} add column {self.is_deleted} varchar default 'False'")

    def _close_and_add(self) -> None:
        run, table = self.cursor.run, self.table
        joined = f"from {table} as old inner join {INPUT} as new on {self.same_key} where {self.is_current}"
        run(
            "create or replace temp table replaced as "
            f"select old.{self.scd_id} as scd_id, {self.changed_at} as ends_at {joined} "
            f"and ({self._is_another()})"
        )
        missing = f"{self.is_current} and not exists (select 1 from {INPUT} as new where {self.same_key})"
        if self.rule.hard_deletes == "new_record":
            missing += f" and old.{self.is_deleted} = 'False'"
        run(f"create or replace temp table missing as select old.* from {table} as old where {missing}")
        run(
            f"update {table} as old set {self.valid_to} = replaced.ends_at from temp.replaced as replaced "
            f"where old.{self.scd_id} = replaced.scd_id and {self.is_current}"
        )
        standing = f"select 1 from {table} as old where {self.same_key} and {self.is_current}"
        run(f"insert into {table} by name {self._versions(f'{INPUT} as new where not exists ({standing})')}")
        if self.rule.hard_deletes != "ignore":
            self._close_missing()

    def _is_another(self) -> str:
        """Is the row that comes in (`new`) another version than the one that stands (`old`)?"""
        gone = f"old.{self.is_deleted} = 'True'" if self.rule.hard_deletes == "new_record" else "false"
        if self.rule.strategy == "timestamp":
            return f"{gone} or old.{self.valid_from} < {self.changed_at}"
        names = self.rule.check_columns or tuple(each.name for each in self.cursor.columns(f"select * from {INPUT}"))
        differs = " or ".join(f"old.{quoted(name)} is distinct from new.{quoted(name)}" for name in names)
        return f"{gone} or {differs}"

    def _close_missing(self) -> None:
        run, table = self.cursor.run, self.table
        run(
            f"update {table} as old set {self.valid_to} = {self.now} from temp.missing as missing "
            f"where old.{self.scd_id} = missing.{self.scd_id} and {self.is_current}"
        )
        if self.rule.hard_deletes == "new_record":
            own = ", ".join((self.scd_id, self.updated_at, self.valid_from, self.valid_to, self.is_deleted))
            rows = f"(select * exclude ({own}) from temp.missing) as new"
            run(f"insert into {table} by name {self._versions(rows, literal('True'), self.now)}")
