"""What changed in the tables and files that a table reads, and which of its keys that concerns.

What is not known exactly is None: then the table is made anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from runner.arrivals import Moment
from runner.errors import AuthorError, CoterieError
from runner.identity import DAYS_APART, NO_DAYS, is_up_to_date
from runner.nodes import Follows, Model, Source, Table, Trail
from runner.plan import Step
from runner.relation import Relation, literal, quoted
from runner.sources import FileState, types_of_files, view_sql
from runner.sql import row_by_row
from runner.state import CHANGES, SCHEMA, insert, write
from runner.warehouse import COMMENT, IDENTIFIER, Cursor, Row, tokens

CLAUSES = frozenset(
    "where group order having qualify window limit offset fetch union except intersect join left right full inner "
    "cross natural semi anti asof positional on using sample tablesample pivot unpivot lateral".split()
)
"""What may stand behind a table that has no other name."""
MET = '"coterie met"'
"""Stands for what two inputs have in common: a name that no column has."""


@dataclass(frozen=True)
class Version:
    """Which rows a table has: `word` stands for them, `before` for those it had before the changes that are kept."""

    word: str
    before: str
    own: str
    as_of: str | None


def version_of(cursor: Cursor, name: str) -> Version | None:
    found = cursor.rows(f"select word, before, own, as_of::varchar from {SCHEMA}.versions where name = ?", [name])
    return Version(*found[0]) if found else None


def keep_version(cursor: Cursor, name: str, version: Version) -> None:
    write(cursor, "version", name, *vars(version).values())


def note_changes(cursor: Cursor, name: str, run_id: str, rows: str) -> None:
    """More rows that a run takes away or brings, in the transaction that does so."""
    version, kept = version_of(cursor, name), Relation(CHANGES, name)
    if version is None:  # nobody could follow from nothing
        keep_version(cursor, name, Version(run_id, "", "", None))
    elif version.word != run_id:
        cursor.create("table", kept, rows)
        keep_version(cursor, name, Version(run_id, version.word, "", None))
    elif version.before:
        cursor.run(f"insert into {kept} by name {rows}")


def forget(cursor: Cursor, name: str) -> None:
    """What follows a table that came from elsewhere is made anew."""
    cursor.run(f"delete from {SCHEMA}.versions where name = ?", [name])


def reading(sql: str, address: Relation, query: str) -> str:
    """The SQL with a query wherever it reads a table, under the name that columns are told by."""
    text, found, done = str(address), "", 0
    code = [each for each in tokens(sql) if each.kind != COMMENT]
    for each in code:
        if each.at < done or not sql.startswith(text, each.at):
            continue
        found += sql[done : each.at]
        done = each.at + len(text)
        word = next((other for other in code if other.at >= done), None)
        if word is not None and word.word == ".":  # a column, told by the whole address
            found += quoted(address.name)
            continue
        is_name = word is not None and (word.kind == IDENTIFIER or word.word.isidentifier())
        has_name = is_name and word is not None and word.word not in CLAUSES
        found += query if has_name else f"{query} as {quoted(address.name)}"
    return found + sql[done:]


def keys_of(follows: Follows, name: str, trail: Trail, changed: str, tables: Mapping[str, Table]) -> str:
    """A query for the keys that changed rows of an input concern."""
    if not trail.via:
        return f"select {trail.column} as key from {changed}"
    via, key = tables[trail.via].relation, follows.said_by(trail.via)
    if not trail.condition:
        return f"select {key} as key from {via} where {trail.via_column} in (select {trail.column} from {changed})"
    rows = f"(select *, {trail.via_column} as {MET} from {via}) as {quoted(trail.via)}"
    others = f"(select *, {trail.column} as {MET} from {changed}) as {quoted(name)}"
    is_met = f"{quoted(trail.via)}.{MET} = {quoted(name)}.{MET} and ({trail.condition})"
    return f"select {key} as key from {rows} semi join {others} on {is_met}"


def refuse_wrong_declaration(model: Model, follows: Follows, cursor: Cursor, tables: Mapping[str, Table]) -> None:
    """Every trail must lead to a key. Raises AuthorError where a column is missing, or of another type."""

    def type_of(expression: str, name: str, query: str = "") -> str:
        try:
            return cursor.columns(query or f"select {expression} from {tables[name].relation}")[0].type
        except CoterieError as e:
            raise AuthorError(f"`{expression}` of `{name}`: {e.message}", place=follows.place, hint=e.hint) from e

    key = type_of(follows.key, model.name)
    for name, trail in ((name, each) for name, trails in follows.trails.items() for each in trails):
        own, wanted = type_of(trail.column, name), type_of(trail.via_column, trail.via) if trail.via else key
        if own != wanted:
            what = f"`{trail.via_column}` of `{trail.via}`" if trail.via else f"the key `{follows.key}`"
            message = f"`{trail.column}` of `{name}` is {own}, {what} is {wanted}"
            raise AuthorError(message, place=follows.place, hint=f"cast one of them: {trail.column}::{wanted.lower()}")
        if trail.condition:
            type_of(trail.condition, name, keys_of(follows, name, trail, str(tables[name].relation), tables))
    for name, column in ((name, each) for name, columns in follows.moments.items() for each in columns):
        if not (kind := type_of(column, name)).startswith(("TIMESTAMP", "DATE")):
            raise AuthorError(f"`{column}` of `{name}` is no moment: {kind}", place=follows.place)
    if follows.unsettled and type_of(follows.unsettled, model.name) != "BOOLEAN":
        message = f"`unsettled: {follows.unsettled}` does not say of a row whether it is"
        raise AuthorError(message, place=follows.place, hint="a condition, for example `unsettled: closed_at is null`")


class Inputs:
    """What a table that follows a key, or a test, reads: what stands for it, and what changed in it."""

    def __init__(self, step: Step, cursor: Cursor, moment: Moment) -> None:
        self.step, self.cursor, self.moment, self.manifest = step, cursor, moment, moment.manifest
        self.files: dict[str, dict[str, FileState]] = {}
        """By input that lies in files: what stands for each of them."""
        self.words = {parent: self._words(parent) for parent in step.compiled.parents}

    def before(self) -> dict[str, frozenset[str]]:
        """What `words` were when the table was made, or the test passed."""
        query = f"select parent, list(word) from {SCHEMA}.followed where name = ? group by parent"
        return {parent: frozenset(words) for parent, words in self.cursor.rows(query, [self.step.name])}

    def forget(self) -> None:
        self.cursor.run(f"delete from {SCHEMA}.followed where name = ?", [self.step.name])

    def rows(self) -> list[Row]:
        """Of `_coterie.followed`."""
        return [(self.step.name, parent, word) for parent, words in self.words.items() for word in sorted(words)]

    def keep(self) -> None:
        self.forget()
        insert(self.cursor, "followed", self.rows())

    def concerned(self, follows: Follows, version: Version) -> list[str] | None:
        """Queries for the keys that something changed for; None where that is not known, or concerns all."""
        before, queries = self.before(), list[str]()
        for parent, now in self.words.items():
            was, trails = before.get(parent, frozenset()), follows.trails.get(parent, ())
            if was and was == now:
                continue
            changed = self.changed(parent, was)
            if changed is None or (not trails and self.cursor.value(f"select count(*) from {changed}")):
                return None
            queries += [keys_of(follows, parent, each, changed, self.manifest.tables) for each in trails]
        passed = self._passed(follows, version)
        return None if passed is None else queries + passed

    def _passed(self, follows: Follows, version: Version) -> list[str] | None:
        """Keys with a moment between the day that the table was made for and the new one; None if that is not all."""
        before, now = (f"{literal(each)}::timestamp" for each in (version.as_of or "infinity", self.moment.clock))
        is_same, is_earlier = self.cursor.rows(f"select {before} = {now}, {now} < {before}")[0]
        identity = self.step.identity
        if is_same or not identity.clock:
            return []
        ways = {text.replace(day, "") for text, day in zip(identity.text.split(DAYS_APART), NO_DAYS)}
        if is_earlier or len(ways) > 1:  # a template may ask for the day, and say something else
            return None
        # a day more at both ends: a date in the store's time zone begins so much earlier or later
        passed = f"between {before} - interval 1 day and {now} + interval 1 day"
        own = self.manifest.tables[self.step.name].relation
        unsettled = [f"select {follows.key} as key from {own} where {follows.unsettled}"] if follows.unsettled else []
        return unsettled + [
            f"select {follows.said_by(name)} as key from {self.manifest.tables[name].relation} where "
            + " or ".join(f"{column} {passed}" for column in columns)
            for name, columns in follows.moments.items()
        ]

    def _words(self, parent: str) -> frozenset[str]:
        """What stands for the rows of an input; nothing, where nothing does."""
        node, identities = self.manifest.tables[parent], self.moment.identities
        if parent in self.manifest.followed:
            version = version_of(self.cursor, parent)
            return frozenset([version.word] if version else [])
        views, source = self._behind(node)
        if source is None:
            is_steady = not node.grows and parent not in self.manifest.unsteady and self._is_up_to_date(node)
            return frozenset([identities[parent].key] if is_steady else [])
        state, counts = self.moment.states[source.name], dict[str, int]()
        files = self.files[parent] = {}
        for file in state.files:
            word = f"{file.digest} {Path(file.path).suffix}"
            counts[word] = counts.get(word, 0) + 1
            files[f"{word} {counts[word]}"] = file
        # one more file may change the type of a column in all of them
        rest = (types_of_files(state, self.cursor), *(identities[each.name].own for each in (*views, source)))
        return frozenset([*files, *rest])

    def _is_up_to_date(self, node: Table) -> bool:
        """A view that was not chosen may be of another state than what it reads."""
        return not node.is_view or is_up_to_date(node.name, self.manifest, self.moment.identities, self.moment.states)

    def _behind(self, node: Table) -> tuple[list[Table], Source | None]:
        """Views that make each row of one row, and the source in files behind them; none where it is not so."""
        views: list[Table] = []
        while isinstance(node, Model):
            compiled, clock = self.manifest.compiled[node.name], self.moment.identities[node.name].clock
            is_plain = node.is_view and not clock and len(compiled.parents) == 1
            if not is_plain or not self._is_up_to_date(node) or not row_by_row(compiled.sql):
                return [], None
            views.append(node)
            node = self.manifest.tables[compiled.parents[0]]
        is_known = isinstance(node, Source) and node.location and node.columns and node.name in self.moment.states
        return (views, node) if is_known and isinstance(node, Source) else ([], None)

    def changed(self, parent: str, was: frozenset[str]) -> str | None:
        """The rows that an input lost or got since; None where they are not known."""
        if parent in self.manifest.followed:
            version = version_of(self.cursor, parent)
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
            sql, below = reading(self.manifest.compiled[view.name].sql, below.relation, f"(\n{sql}\n)"), view
        arrived = Relation("temp", f"coterie arrived {node.name}")
        self.cursor.create("temp table", arrived, sql)
        return arrived
