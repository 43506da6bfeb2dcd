"""Tables of which only those keys are made again that something changed for: incremental view maintenance.

What others follow keeps the rows that its last making took away or brought. What follows a key learns from them, and
from new files, which of its own keys are concerned; reads only those; replaces what came out differently. Where a
change is not known exactly, all is made again. A table and what it was made from change in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from runner.arrivals import Moment
from runner.config import stored
from runner.declared import keeps_nulls_out, refuse_nulls
from runner.errors import DataError
from runner.identity import digest, is_up_to_date
from runner.nodes import Follows, Model, Source, Table, Trail
from runner.plan import Step
from runner.relation import Relation, literal, quoted
from runner.sources import FileState, view_sql
from runner.sql import row_by_row
from runner.state import SCHEMA
from runner.warehouse import COMMENT, IDENTIFIER, Cursor, tokens

CHANGES = "_coterie_changes"
"""Schema of the rows that the last making of a followed table took away or brought, by the name of its node."""
FRESH, STANDING, DIFFERENT = (Relation("temp", f"coterie {name}") for name in ("fresh", "standing", "different"))
CONCERNED, SPOTS = Relation("temp", "coterie concerned"), Relation("temp", "coterie spots")
"""The keys to make again."""
SPOT_ROWS = 500
"""Keys of so many rows are made again though nothing changed for them: so is found what a declaration forgets."""
WORTHWHILE = 5
"""One key in so many may be concerned: to make more of them by themselves costs as much as to make all."""


def follow(step: Step, model: Model, cursor: Cursor, moment: Moment, query: str, *, exists: bool) -> tuple[int, str]:
    """Brings a table up to date that follows a key, or is followed. Returns its rows, and how much of it was made.

    `query` makes it anew. Raises DataError where a row has no key: nothing would ever make it again.
    """
    with cursor.transaction():
        told = _Table(step, model, cursor, moment).make(query, exists=exists)
        if keeps_nulls_out(model):
            refuse_nulls(model, str(model.relation), cursor)
        return int(cursor.value(f"select count(*) from {model.relation}")), told


def note_changes(cursor: Cursor, name: str, run_id: str, rows: str) -> None:
    """More rows that a run takes away or brings, in the transaction that does so."""
    version, kept = _version(cursor, name), Relation(CHANGES, name)
    if version is not None and version.word == run_id:
        cursor.run(f"insert into {kept} by name {rows}")
    else:
        cursor.create_schemas({CHANGES})
        cursor.create("table", kept, rows)
        _keep_version(cursor, name, _Version(run_id, version.word if version else "", "", None))


def forget(cursor: Cursor, name: str) -> None:
    """What follows a table that came from elsewhere is made anew."""
    cursor.run(f"delete from {SCHEMA}.versions where name = ?", [name])


@dataclass(frozen=True)
class _Version:
    """Which rows a table has: `word` stands for them, `before` for those it had before the changes that are kept."""

    word: str
    before: str
    own: str
    as_of: str | None


def _version(cursor: Cursor, name: str) -> _Version | None:
    found = cursor.rows(f"select word, before, own, as_of::varchar from {SCHEMA}.versions where name = ?", [name])
    return _Version(*found[0]) if found else None


def _keep_version(cursor: Cursor, name: str, version: _Version) -> None:
    cursor.run(stored("records.yml")["statements"]["version"], [name, *vars(version).values()])


def _reading(sql: str, address: Relation, query: str) -> str:
    """The SQL with a query wherever it reads a table, under the name that columns are told by."""
    first, *parts = sql.split(str(address))
    for part in parts:
        word = next((each for each in tokens(part) if each.kind != COMMENT), None)
        is_named = word and (word.word == "as" or word.kind == IDENTIFIER)
        first += query + ("" if is_named else f" as {quoted(address.name)}") + part
    return first


def _is_stored(node: Table) -> bool:
    return isinstance(node, Model) and node.materialized in ("table", "incremental")


class _Table:
    """One table on its way from what it was to what it should be."""

    def __init__(self, step: Step, model: Model, cursor: Cursor, moment: Moment) -> None:
        self.step, self.model, self.cursor, self.moment = step, model, cursor, moment
        self.table, self.kept = model.relation, Relation(CHANGES, model.name)
        self.is_followed = model.name in moment.manifest.followed

    def make(self, query: str, *, exists: bool) -> str:
        known = _version(self.cursor, self.model.name) if exists and not self.step.starts_over else None
        version = known if known and known.own == self.step.identity.own else None
        inputs, told = _Inputs(self.step, self.cursor, self.moment), ""
        if self.model.follows and version:
            told = self._made_by_key(self.model.follows, inputs.concerned(self.model.follows, version))
        if not told:
            self._make_anew(query, is_compared=version is not None and self.is_followed)
        self._keep(version)
        if self.model.follows:
            inputs.keep()
        for each in (FRESH, STANDING, DIFFERENT, CONCERNED, SPOTS):
            self.cursor.run(f"drop table if exists {each}")
        return told

    def _make_anew(self, query: str, *, is_compared: bool) -> None:
        cursor, follows = self.cursor, self.model.follows
        before = Relation(self.table.schema, f"{self.table.name} before")
        if is_compared:
            cursor.run(f"alter table {self.table} rename to {quoted(before.name)}")
        cursor.create("table", self.table, query)
        if is_compared:
            self._compare(before, self.table)
            cursor.run(f"drop table {before}")
        if follows and (lost := cursor.value(f"select count(*) from {self.table} where {follows.key} is null")):
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
        if cursor.columns(f"from {FRESH}") != cursor.columns(f"from {table}"):
            return ""
        cursor.create("temp table", STANDING, f"select * from {table} where {key} in (from {CONCERNED})")
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
        for name, trails in follows.trails.items():
            address, column = self.moment.manifest.tables[name].relation, follows.said_by(name)
            for each in (each for each in trails if each.via == name):
                group = f"select {each.column} from {address} where {column} in (from {keys})"
                others = f"select distinct {column} from {address} where {each.via_column} in ({group})"
                self.cursor.run(f"insert into {keys} {others} and {column} not in (from {keys})")

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
            sql = _reading(sql, node.relation, f"({less})")
        with self.moment.manifest.blamed(replace(self.step.compiled, sql=sql)):
            self.cursor.create("temp table", FRESH, sql)

    def _compare(self, old: Relation, new: Relation) -> int:
        """Rows of the one that are not in the other, or not as often: how many."""
        hashes = (
            f"select hash(each) as hash, 1 as n from {old} as each union all select hash(each), -1 from {new} as each"
        )
        query = (
            f"with other as (select hash from ({hashes}) group by hash having sum(n) <> 0) "
            + " union all by name ".join(
                f"select * from {which} as each where hash(each) in (from other)" for which in (old, new)
            )
        )
        return int(self.cursor.create("temp table", DIFFERENT, query) or 0)

    def _keep(self, version: _Version | None) -> None:
        """The rows that changed, and what stands for those there are now; all as before where none changed."""
        cursor, now = self.cursor, _Version(self.moment.run_id, "", self.step.identity.own, self.moment.clock)
        changed = self._count(DIFFERENT) if self.is_followed and version else 0
        if self.is_followed and version and not changed:
            now = replace(now, word=version.word, before=version.before)
        elif version and 0 < changed <= self._count(self.table):
            cursor.create_schemas({CHANGES})
            cursor.create("table", self.kept, f"from {DIFFERENT}")
            now = replace(now, before=version.word)
        elif self.is_followed:  # what changed is not known, or is nearly all
            cursor.run(f"drop table if exists {self.kept}")
        _keep_version(cursor, self.model.name, now)


class _Inputs:
    """What one table that follows a key reads: what stands for it, and what changed in it."""

    def __init__(self, step: Step, cursor: Cursor, moment: Moment) -> None:
        self.step, self.cursor, self.moment, self.manifest = step, cursor, moment, moment.manifest
        self.files: dict[str, dict[str, FileState]] = {}
        """By input that lies in files: what stands for each of them."""
        self.words = {parent: self._words(parent) for parent in step.compiled.parents}

    def keep(self) -> None:
        cursor, name = self.cursor, self.step.name
        cursor.run(f"delete from {SCHEMA}.followed where name = ?", [name])
        rows = [(parent, word) for parent, words in self.words.items() for word in sorted(words)]
        values = [name, [parent for parent, _ in rows], [word for _, word in rows]]
        cursor.run(f"insert into {SCHEMA}.followed select $1, unnest($2::varchar[]), unnest($3::varchar[])", values)

    def concerned(self, follows: Follows, version: _Version) -> list[str] | None:
        """Queries for the keys that something changed for; None where that is not known, or concerns all."""
        query = f"select parent, list(word) from {SCHEMA}.followed where name = ? group by parent"
        before = {parent: frozenset(words) for parent, words in self.cursor.rows(query, [self.step.name])}
        queries: list[str] = []
        for parent, now in self.words.items():
            was, trails = before.get(parent, frozenset()), follows.trails.get(parent, ())
            if was and was == now:
                continue
            changed = self._changed(parent, was)
            if changed is None or (not trails and self.cursor.value(f"select count(*) from {changed}")):
                return None
            queries += [self._keys(each, changed, follows) for each in trails]
        passed = self._passed(follows, version)
        return None if passed is None else queries + passed

    def _passed(self, follows: Follows, version: _Version) -> list[str] | None:
        """Keys with a moment between the day that the table was made for and the new one; None for one before it."""
        before, now = (f"{literal(each)}::timestamp" for each in (version.as_of or "infinity", self.moment.clock))
        is_same, is_earlier = self.cursor.rows(f"select {before} = {now}, {now} < {before}")[0]
        if is_same or not self.step.identity.clock:
            return []
        if is_earlier:
            return None
        # a day more at both ends: a date in the store's time zone begins so much earlier or later
        passed = f"between {before} - interval 1 day and {now} + interval 1 day"
        return [
            f"select {follows.said_by(name)} as key from {self.manifest.tables[name].relation} where "
            + " or ".join(f"{column} {passed}" for column in columns)
            for name, columns in follows.moments.items()
        ]

    def _keys(self, trail: Trail, changed: str, follows: Follows) -> str:
        if not trail.via:
            return f"select {trail.column} as key from {changed}"
        via = self.manifest.tables[trail.via].relation
        held = f"select {trail.column} from {changed}"
        return f"select {follows.said_by(trail.via)} as key from {via} where {trail.via_column} in ({held})"

    def _words(self, parent: str) -> frozenset[str]:
        """What stands for the rows of an input; nothing, where nothing does."""
        node, identity = self.manifest.tables[parent], self.moment.identities[parent]
        if parent in self.manifest.followed:
            version = _version(self.cursor, parent)
            return frozenset([version.word] if version else [])
        if node.grows:
            return frozenset()
        views, source = self._behind(node)
        if source is None:
            return frozenset([identity.key] if parent not in self.manifest.unsteady else [])
        counts: dict[str, int] = {}
        files = self.files[parent] = {}
        for file in self.moment.states[source.name].files:
            counts[file.digest] = counts.get(file.digest, 0) + 1
            files[f"{file.digest} {counts[file.digest]}"] = file
        return frozenset([*files, *(self.moment.identities[each.name].own for each in (*views, source))])

    def _behind(self, node: Table) -> tuple[list[Table], Source | None]:
        """Views that make each row of one row, and the source in files behind them; none where it is not so."""
        views: list[Table] = []
        while isinstance(node, Model):
            compiled, clock = self.manifest.compiled[node.name], self.moment.identities[node.name].clock
            is_plain = node.materialized == "view" and not clock and len(compiled.parents) == 1
            is_plain = is_plain and is_up_to_date(node.name, self.manifest, self.moment.identities, self.moment.states)
            if not is_plain or not row_by_row(compiled.sql):
                return [], None
            views.append(node)
            node = self.manifest.tables[compiled.parents[0]]
        is_known = isinstance(node, Source) and node.location and node.columns and node.name in self.moment.states
        return (views, node) if is_known and isinstance(node, Source) else ([], None)

    def _changed(self, parent: str, was: frozenset[str]) -> str | None:
        """The rows that an input lost or got since; None where they are not known."""
        if parent in self.manifest.followed:
            version = _version(self.cursor, parent)
            return str(Relation(CHANGES, parent)) if version and version.before and was == {version.before} else None
        if parent not in self.files or not was or was - self.words[parent]:  # a file is gone, or a view is another
            return None
        files = (file for word, file in self.files[parent].items() if word not in was)
        return str(self._arrived(self.manifest.tables[parent], tuple(files)))

    def _arrived(self, node: Table, files: tuple[FileState, ...]) -> Relation:
        """The rows of an input that come from these files."""
        views, source = self._behind(node)
        assert source is not None
        sql = view_sql(replace(self.moment.states[source.name], files=files))
        below: Table = source
        for view in reversed(views):
            sql, below = _reading(self.manifest.compiled[view.name].sql, below.relation, f"(\n{sql}\n)"), view
        arrived = Relation("temp", f"coterie arrived {node.name}")
        self.cursor.create("temp table", arrived, sql)
        return arrived
