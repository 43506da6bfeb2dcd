"""One version as readers will open it: a DuckDB file and Parquet beside it, made aside under names that nobody knows.

What did not change is taken over from the version that readers have: whole tables, and of a table that tells what
changed in it all other rows. The first version of a week is written whole, so that nothing that is gone lies in a file
for long. Refuses values that must not be published.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from runner.config import stored
from runner.errors import CoterieError, DataError, WorldError
from runner.nodes import Model, Seed, Snapshot
from runner.relation import Relation, literal, quoted
from runner.shapes import ServeConfig
from runner.state import CHANGES, SCHEMA, keep_bytes, write
from runner.targets import PARQUET, current_run, sync
from runner.warehouse import Cursor, Settings, Warehouse

E_MAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
PARQUET_OPTIONS = "format parquet, compression zstd, compression_level 1, dictionary_size_limit 1000"
"""A third faster than the engine's own choice, and as small: ids are no dictionary, and longer search finds nothing."""
Publishable = Model | Seed | Snapshot


@dataclass(frozen=True)
class Content:
    """The rows of a table: `word` stands for them, `before` for those that its kept changes lead from."""

    word: str
    before: str = ""


@dataclass(frozen=True)
class Version:
    """What is published: the run that made it, what stands for its content, what it says of itself."""

    run_id: str
    publication: str
    about: Mapping[str, str | None]
    """The one row of `main.about`."""
    texts: Mapping[str, str]
    """Compiled SQL, by model, of those whose rules a reader may ask for."""
    contents: Mapping[str, Content]
    """By address."""


@dataclass(frozen=True)
class Written:
    """A table as readers will find it: its rows, and its bytes as Parquet."""

    rows: int
    size: int


@dataclass(frozen=True)
class _Last:
    """What may be taken over from the version that readers have."""

    parquet: Path = field(default_factory=Path)
    words: Mapping[str, str] = field(default_factory=dict)
    """By address of a table in the file: what stands for its rows."""
    comments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By address and column; that of the table itself has no column."""


def write_version(
    nodes: list[Publishable], cursors: list[Cursor], fresh: Path, serve: ServeConfig, version: Version
) -> dict[str, Written]:
    """Every table, by name of its node. Raises DataError where a value must not be published."""
    cursor, parquet = cursors[0], fresh.with_suffix(".parquet")
    last = _opened(cursor, fresh, serve, version)
    try:
        last = _without_what_is_written_anew(nodes, cursor, last, version)
        parquet.mkdir()
        for schema in sorted({node.relation.schema for node in nodes}):
            cursor.run(f"create schema if not exists serving.{quoted(schema)}")
            (parquet / schema).mkdir()
        written = _write_tables(nodes, cursors, _Pen(last, version, parquet))
        keep_bytes(cursor, version.run_id, {name: each.size for name, each in written.items()})
        _write_about(cursor, version)
        cursor.run("checkpoint serving")
    except CoterieError:
        with suppress(CoterieError):  # the first error is the one to tell
            cursor.run("detach serving")
        raise
    cursor.run("detach serving")
    return written


def _opened(cursor: Cursor, fresh: Path, serve: ServeConfig, version: Version) -> _Last:
    """The file to write in: a copy of what readers have, where that can be taken over, or else an empty one."""
    run_id, folder = current_run(serve), Path(serve.path)
    cursor.run(f"attach {literal(str(fresh))} as serving (storage_version {literal(serve.storage_version)})")
    if not run_id:
        return _Last()
    file = folder / f"coterie-{run_id}.duckdb"
    try:
        cursor.run(f"attach {literal(str(file))} as standing (read_only)")
        last = _taken_over(cursor, folder / f"{PARQUET}-{run_id}", version)
    except CoterieError:  # one that cannot be read is not taken over
        last = None
    with suppress(CoterieError):
        cursor.run("detach standing")
    if last is None or not last.words:
        return _Last()
    cursor.run("detach serving")
    shutil.copyfile(file, fresh)
    cursor.run(f"attach {literal(str(fresh))} as serving")
    return last


def _taken_over(cursor: Cursor, parquet: Path, version: Version) -> _Last | None:
    """None where the version is of another engine or runner, in another format, or of an earlier week."""
    made_by = "duckdb_version", "coterie_version"
    *makers, published_at = cursor.rows(f"select {', '.join(made_by)}, published_at from standing.main.about")[0]
    forms = "select count(distinct tags) from duckdb_databases() where database_name in ('serving', 'standing')"
    weeks = {
        datetime.fromisoformat(f"{each}").isocalendar()[:2] for each in (published_at, version.about["published_at"])
    }
    if makers != [version.about[each] for each in made_by] or cursor.value(forms) > 1 or len(weeks) > 1:
        return None
    comments: dict[str, dict[str, str]] = {}
    for address, column, comment in cursor.rows(stored("records.yml")["queries"]["comments"]):
        comments.setdefault(address, {})[column] = comment
    there = "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'standing'"
    words = cursor.rows(f"select address, word from standing.{SCHEMA}.contents where address in ({there})")
    return _Last(parquet, dict(words), comments)


def _without_what_is_written_anew(nodes: list[Publishable], cursor: Cursor, last: _Last, version: Version) -> _Last:
    """It goes before anything is written: new rows take the place of the old ones in the file."""
    if not last.words:
        return last
    kept = {
        address: last.words[address]
        for address, content in version.contents.items()
        if last.words.get(address) in (content.word, content.before)
    }
    there = cursor.rows("select schema_name, table_name from duckdb_tables() where database_name = 'serving'")
    for relation in (Relation(*row) for row in there):
        if relation.address not in kept:
            cursor.run(f"drop table serving.{relation}")
    schemas = cursor.rows("select schema_name from duckdb_schemas() where database_name = 'serving' and not internal")
    for name in {row[0] for row in schemas} - {node.relation.schema for node in nodes} - {"main"}:
        cursor.run(f"drop schema serving.{quoted(name)}")
    cursor.run("checkpoint serving")
    return replace(last, words=kept, comments={address: last.comments.get(address, {}) for address in kept})


def _write_tables(nodes: list[Publishable], cursors: list[Cursor], pen: _Pen) -> dict[str, Written]:
    """Several at once: of a small table one core is busy, and at the end of a large one."""
    free: SimpleQueue[Cursor] = SimpleQueue()
    for cursor in cursors:
        free.put(cursor)

    def written(node: Publishable) -> Written:
        cursor = free.get()
        try:
            return pen.write(node, cursor)
        finally:
            free.put(cursor)

    with ThreadPoolExecutor(len(cursors)) as pool:
        try:
            return {node.name: found for node, found in zip(nodes, pool.map(written, nodes))}
        finally:
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Pen:
    """Writes one table after the other."""

    last: _Last
    version: Version
    parquet: Path

    def write(self, node: Publishable, cursor: Cursor) -> Written:
        relation, content = node.relation, self.version.contents[node.relation.address]
        file, word = Path(relation.schema, f"{relation.name}.parquet"), self.last.words.get(relation.address, "")
        changes = Relation(CHANGES, node.name)
        if word != content.word:
            _refuse_identifiers(node, changes if word else relation, cursor)
        if word and word != content.word:
            _replace_rows(node, changes, cursor)
        rows = self._rows_kept(relation, cursor) if word else None
        is_kept = rows is not None
        if rows is None:
            rows = int(cursor.value(f"create or replace table serving.{relation} as select * from {relation}"))
        if word != content.word or not _is_taken_over(self.last.parquet / file, self.parquet / file):
            cursor.copy(f"select * from {relation}", str(self.parquet / file), PARQUET_OPTIONS)
        self._comment(node, cursor, self.last.comments.get(relation.address, {}) if is_kept else {})
        return Written(rows, (self.parquet / file).stat().st_size)

    def _rows_kept(self, relation: Relation, cursor: Cursor) -> int | None:
        """None where they are not as many as there should be: somebody wrote to the file."""
        counts = {int(cursor.value(f"select count(*) from {each}")) for each in (f"{relation}", f"serving.{relation}")}
        return counts.pop() if len(counts) == 1 else None

    def _comment(self, node: Publishable, cursor: Cursor, was: Mapping[str, str]) -> None:
        told = {"": node.description, **{column.name: column.description for column in node.columns}}
        for column in was.keys() | told.keys():
            if was.get(column, "") != told.get(column, ""):
                kind, at = ("column", f".{quoted(column)}") if column else ("table", "")
                words = literal(told[column]) if told.get(column) else "null"
                cursor.run(f"comment on {kind} serving.{node.relation}{at} is {words}")


def _is_taken_over(old: Path, new: Path) -> bool:
    """The same bytes under another name, where the disk can do that."""
    try:
        os.link(old, new)
    except OSError:
        return False
    return True


def _replace_rows(node: Publishable, changes: Relation, cursor: Cursor) -> None:
    """Of those that were taken away or brought. Without a key a row is known by all of its columns."""
    follows = node.follows if isinstance(node, Model) else None
    known_by = follows.key if follows else "hash(each)"
    changed = f"{known_by} in (select {known_by} from {changes} as each)"
    cursor.run(f"delete from serving.{node.relation} as each where {changed}")
    cursor.run(f"insert into serving.{node.relation} by name select * from {node.relation} as each where {changed}")


def _refuse_identifiers(node: Publishable, rows: Relation, cursor: Cursor) -> None:
    """The last proof, on the data itself: nothing that looks like an e-mail address leaves."""
    columns = cursor.columns(f"select * from {rows}")
    texts = [each.name for each in columns if "VARCHAR" in each.type or each.type.startswith(("JSON", "ENUM"))]
    if not texts:
        return
    # a filter looks at every condition of an `and`, a case only at what is left: six times faster
    found_in = "case when contains({0}, '@') then regexp_matches({0}, {1}) else false end"
    words = (found_in.format(f"cast({quoted(name)} as varchar)", literal(E_MAIL)) for name in texts)
    tests = ", ".join(f"count(*) filter ({each})" for each in words)
    for name, found in zip(texts, cursor.rows(f"select {tests} from {rows}")[0]):
        if found:
            told = f"holds {found:,} values that look like e-mail addresses; nothing was published"
            hint = "identifiers stay in staging and the vault"
            raise DataError(f"{node.relation.address}.{name} {told}", place=node.place, hint=hint)


def _write_about(cursor: Cursor, version: Version) -> None:
    values = ", ".join(f"?::varchar as {name}" for name in version.about)
    cursor.run(f"create table serving.main.about as select {values}", list(version.about.values()))
    cursor.run(f"create schema serving.{SCHEMA}")
    write(cursor, "models", list(version.texts), list(version.texts.values()))
    contents = {address: each.word for address, each in version.contents.items()}
    write(cursor, "contents", list(contents), list(contents.values()))
    for name, query in stored("records.yml")["published"].items():
        cursor.run(f"create table serving.{SCHEMA}.{name} as {query}", [version.run_id] if "$1" in query else [])


def verify(building: Path, counts: Mapping[Relation, int]) -> None:
    """Open the file as a reader will, count again, make it read-only and durable."""
    if Path(f"{building}.wal").exists():
        raise WorldError(f"{building} still has a log beside it; not published")
    with Warehouse(building, Settings(), read_only=True) as reader:
        cursor = reader.cursor()
        for relation, expected in counts.items():
            found = cursor.value(f"select count(*) from {relation}")
            if found != expected:
                raise WorldError(f"{relation.address}: {expected} rows written, {found} read back")
    building.chmod(0o444)
    sync(building)
