"""Tables of which only those keys are made again that something changed for: incremental view maintenance.

What others follow keeps the rows that its last making took away or brought. What follows a key learns from them, and
from new files, which of its own keys are concerned; reads only those; replaces what came out differently. Where a
change is not known exactly, all is made again. A table and what it was made from change in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from runner.arrivals import Moment
from runner.declared import keeps_nulls_out, refuse_nulls
from runner.errors import DataError
from runner.identity import digest
from runner.nodes import Follows, Model, Table
from runner.plan import Step
from runner.relation import Relation, quoted
from runner.state import CHANGES
from runner.trails import Inputs, Version, keep_version, reading, refuse_wrong_declaration, version_of
from runner.warehouse import Cursor

FRESH, STANDING, DIFFERENT = (Relation("temp", f"coterie {name}") for name in ("fresh", "standing", "different"))
CONCERNED, SPOTS = Relation("temp", "coterie concerned"), Relation("temp", "coterie spots")
"""The keys to make again."""
SPOT_ROWS = 500
"""Keys of so many rows are made again though nothing changed for them: so is found what a declaration forgets."""
WORTHWHILE = 5
"""One key in so many may be concerned: to make more of them by themselves costs as much as to make all."""
ALWAYS_KEPT = 10_000
"""So many changed rows are kept even of a table that changed altogether: four carriers may concern few orders."""
ROW = '"coterie row"'
"""Stands for all columns of a row: a name that none of them has."""


def follow(step: Step, model: Model, cursor: Cursor, moment: Moment, query: str, *, exists: bool) -> tuple[int, str]:
    """Brings a table up to date that follows a key, or is followed. Returns its rows, and how much of it was made.

    `query` makes it anew. Raises DataError where a row has no key: nothing would ever make it again.
    """
    with cursor.transaction():
        told = _Table(step, model, cursor, moment).make(query, exists=exists)
        if keeps_nulls_out(model):
            refuse_nulls(model, str(model.relation), cursor)
        return int(cursor.value(f"select count(*) from {model.relation}")), told


def _is_stored(node: Table) -> bool:
    return isinstance(node, Model) and node.materialized in ("table", "incremental")


class _Table:
    """One table on its way from what it was to what it should be."""

    def __init__(self, step: Step, model: Model, cursor: Cursor, moment: Moment) -> None:
        self.step, self.model, self.cursor, self.moment = step, model, cursor, moment
        self.table, self.kept = model.relation, Relation(CHANGES, model.name)

    def make(self, query: str, *, exists: bool) -> str:
        known = version_of(self.cursor, self.model.name) if exists and not self.step.starts_over else None
        version = known if known and known.own == self.step.identity.own else None
        inputs, told = Inputs(self.step, self.cursor, self.moment), ""
        if self.model.follows and version:
            told = self._made_by_key(self.model.follows, inputs.concerned(self.model.follows, version))
        if not told:
            version = self._make_anew(query, version)
        self._keep(version)
        if self.model.follows:
            inputs.keep()
        for each in (FRESH, STANDING, DIFFERENT, CONCERNED, SPOTS):
            self.cursor.run(f"drop table if exists {each}")
        return told

    def _make_anew(self, query: str, version: Version | None) -> Version | None:
        """Returns the version that the kept changes lead from; None where they are not known."""
        cursor, follows = self.cursor, self.model.follows
        before = Relation(self.table.schema, f"{self.table.name} before")
        if version is not None:
            cursor.run(f"alter table {self.table} rename to {quoted(before.name)}")
        cursor.create("table", self.table, query)
        if version is not None:
            if cursor.columns(f"from {before}") == cursor.columns(f"from {self.table}"):
                self._compare(before, self.table)
            else:  # what cannot be compared is another table
                version = None
            cursor.run(f"drop table {before}")
        elif follows:
            refuse_wrong_declaration(self.model, follows, cursor, self.moment.manifest.tables)
        if follows:
            self._refuse_rows_without_key(follows, self.table)
        return version

    def _refuse_rows_without_key(self, follows: Follows, rows: Relation) -> None:
        if lost := self.cursor.value(f"select count(*) from {rows} where {follows.key} is null"):
            message = f"`{self.model.name}` follows `{follows.key}`, which is null in {lost:,} of its rows"
            raise DataError(message, place=follows.place, hint="leave such rows out, or follow another key")

    def _made_by_key(self, follows: Follows, queries: Iterable[str] | None) -> str:
        """Makes the keys that the queries name again; returns what to tell, nothing where it is better made anew."""
        if queries is None:
            return ""
        cursor, table, key = self.cursor, self.table, follows.key
        named = " union all ".join(queries) or f"select {key} as key from {table} where false"
        cursor.create("temp table", CONCERNED, f"select distinct key from ({named}) where key is not null")
        self._add_those_made_together(follows, CONCERNED)
        keys, rows = self._count(CONCERNED), self._count(table)
        # where few keys make a row it is the input that tells how many keys there are
        inputs = [self.moment.manifest.tables[name] for name in filter(follows.is_cut, follows.trails)]
        if keys * WORTHWHILE > max(rows, *(self._count(each.relation) for each in inputs if _is_stored(each)), 0):
            return ""
        self._draw_spots(follows, rows)
        self._make_concerned_rows(follows)
        self._refuse_rows_without_key(follows, FRESH)
        if cursor.columns(f"from {FRESH}") != cursor.columns(f"from {table}"):
            return ""
        # found by the key alone: the other columns are read of those rows only
        found = f"select rowid from {table} where {key} in (from {CONCERNED})"
        cursor.create("temp table", STANDING, f"select * from {table} where rowid in ({found})")
        changed = f"{key} in (select {key} from {DIFFERENT})"
        if self._compare(STANDING, FRESH):
            self._refuse_strangers(follows)
            cursor.run(f"delete from {table} where {changed}")
            cursor.run(f"insert into {table} by name select * from {FRESH} where {changed}")
        return f"{keys:,} keys"

    def _draw_spots(self, follows: Follows, rows: int) -> None:
        """Some keys that nothing changed for, others in each run."""
        # the engine draws blocks of 2,048 rows: two of them
        share, seed = min(100.0, 100 * 4_096 / max(rows, 1)), int(digest(self.moment.run_id)[:7], 16)
        drawn = f"select * from {self.table} tablesample system ({share:.6f} percent) repeatable ({seed})"
        query = f"select distinct {follows.key} as key from (select * from ({drawn}) limit {SPOT_ROWS})"
        self.cursor.create("temp table", SPOTS, query)
        self._add_those_made_together(follows, SPOTS)
        self.cursor.run(f"delete from {SPOTS} where key in (from {CONCERNED})")
        self.cursor.run(f"insert into {CONCERNED} from {SPOTS}")

    def _add_those_made_together(self, follows: Follows, keys: Relation) -> None:
        """Until nobody is missing: who is made together with one may be in another group as well."""
        groups = [(name, each) for name, trails in follows.trails.items() for each in trails if each.via == name]
        added = len(groups)
        while added:
            added = 0
            for name, trail in groups:
                address, column = self.moment.manifest.tables[name].relation, follows.said_by(name)
                group = f"select {trail.column} from {address} where {column} in (from {keys})"
                others = f"select distinct {column} from {address} where {trail.via_column} in ({group})"
                added += self.cursor.value(f"insert into {keys} {others} and {column} not in (from {keys})")

    def _refuse_strangers(self, follows: Follows) -> None:
        """What the author says of the inputs is not proven: a few keys are held against it in every run."""
        query = (
            f"select distinct {follows.key} from {DIFFERENT} where {follows.key} in (from {SPOTS}) order by 1 limit 3"
        )
        if found := self.cursor.rows(query):
            some = ", ".join(str(row[0]) for row in found)
            message = f"`{self.model.name}`: rows came out differently though nothing that they follow changed: {some}"
            hint = "name what they depend on under `follows:`; ties and sums of floating point come out differently too"
            raise DataError(message, place=follows.place, hint=hint)

    def _count(self, table: Relation) -> int:
        return int(self.cursor.value(f"select count(*) from {table}"))

    def _make_concerned_rows(self, follows: Follows) -> None:
        sql = self.step.compiled.sql
        for at, name in enumerate(filter(follows.is_cut, follows.trails)):
            node = self.moment.manifest.tables[name]
            less = f"select * from {node.relation} where {follows.said_by(name)} in (from {CONCERNED})"
            if not _is_stored(node):  # files are read once, not for each mention
                read = Relation("temp", f"coterie read {at}")
                self.cursor.create("temp table", read, less)
                less = f"from {read}"
            sql = reading(sql, node.relation, f"({less})")
        sql = f"select * from (\n{sql}\n) where {follows.key} in (from {CONCERNED}) or {follows.key} is null"
        with self.moment.manifest.blamed(replace(self.step.compiled, sql=sql)):
            self.cursor.create("temp table", FRESH, sql)

    def _compare(self, old: Relation, new: Relation) -> int:
        """Rows of the one that are not in the other, or not as often: how many."""
        hashes = " union all ".join(
            f"select hash({ROW}) as hash, {sign} as n from {which} as {ROW}" for which, sign in ((old, 1), (new, -1))
        )
        other = f"with other as (select hash from ({hashes}) group by hash having sum(n) <> 0)"
        rows = (f"select * from {which} as {ROW} where hash({ROW}) in (from other)" for which in (old, new))
        return int(self.cursor.create("temp table", DIFFERENT, f"{other} {' union all by name '.join(rows)}") or 0)

    def _keep(self, version: Version | None) -> None:
        """The rows that changed, and what stands for those there are now; all as before where none changed."""
        cursor, now = self.cursor, Version(self.moment.run_id, "", self.step.identity.own, self.moment.clock)
        changed = self._count(DIFFERENT) if version else 0
        if version and not changed:
            now = replace(now, word=version.word, before=version.before)
        elif version and changed <= max(self._count(self.table), ALWAYS_KEPT):
            cursor.create("table", self.kept, f"from {DIFFERENT}")
            now = replace(now, before=version.word)
        else:  # what changed is not known, or is nearly all
            cursor.run(f"drop table if exists {self.kept}")
        keep_version(cursor, self.model.name, now)
