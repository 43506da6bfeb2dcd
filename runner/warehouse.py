"""The only door to DuckDB: open, cursors, statements, columns, rows, errors with positions.

Refuses to know what a model is. An error carries the character offset in its statement.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

import duckdb

from runner.errors import AuthorError, CoterieError, DataError, EngineFault, WorldError, csv_error, suggestion
from runner.relation import Relation, literal, quoted

Row = tuple[Any, ...]


@dataclass(frozen=True)
class ColumnType:
    name: str
    type: str


NEVER = ("python_enable_replacements", "autoinstall_known_extensions", "preserve_insertion_order")
"""What the engine would do by itself."""


@dataclass(frozen=True)
class Settings:
    """What every connection is opened with."""

    threads: int | None = None
    memory_limit: str | None = None
    temp_directory: str | None = None
    max_temp_directory_size: str | None = None

    def as_duckdb(self) -> dict[str, Any]:
        given = {**vars(self), **dict.fromkeys(NEVER, False), "errors_as_json": True}
        return {key: value for key, value in given.items() if value is not None}


OURS = "not internal and database_name = current_database()"
"""Of what the engine lists: not its own, and not of a database that is attached."""


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """The statement was stopped because somebody asked for it."""


class Cursor:
    """One thread's way into the database. Not shared between threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Execute a statement whose result does not matter; it is complete on return."""
        self.rows(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; what is raised inside undoes it."""
        self.run("begin")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self.run("commit")

    @contextmanager
    def attached(self, path: Path, name: str) -> Iterator[None]:
        """Another database under that name, to read."""
        self.run(f"attach {literal(str(path.resolve()))} as {name} (read_only)")
        try:
            yield
        finally:
            self.run(f"detach {name}")

    def table(self, sql: str, limit: int) -> tuple[list[str], list[Row]]:
        """Column names, and at most `limit` rows."""
        try:
            result = self._connection.execute(sql)
            return [column[0] for column in result.description or ()], result.fetchmany(limit)
        except duckdb.Error as e:
            raise _translated(e, sql) from e

    def rows(self, sql: str, parameters: Sequence[Any] = (), prefix: int = 0) -> list[Row]:
        """`prefix` is how many characters stand before what the author wrote: an error's offset leaves them out."""
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except duckdb.Error as e:
            raise _translated(e, sql, prefix) from e

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        return self.rows(sql, parameters)[0][0]

    def columns(self, sql: str) -> tuple[ColumnType, ...]:
        """Names and exact types of what a query returns, without running it."""
        prefix = "describe "
        return tuple(ColumnType(row[0], row[1]) for row in self.rows(prefix + sql, prefix=len(prefix)))

    def create(self, kind: str, relation: Relation, query: str, *, empty: bool = False) -> int | None:
        """Rows written, for a table."""
        prefix = f"create or replace {kind} {relation} as\n"
        counts = self.rows(f"{prefix}{query}\n{'with no data' if empty else ''}", prefix=len(prefix))
        return int(counts[0][0]) if counts and kind.endswith("table") else None

    def copy(self, query: str, path: str, options: str) -> int:
        """Write a query's rows to a file; returns how many."""
        prefix = "copy (\n"
        return int(self.rows(f"{prefix}{query}\n) to {literal(path)} ({options})", prefix=len(prefix))[0][0])

    def statements(self, sql: str) -> list[bool]:
        """By statement in the text: is it a select?"""
        try:
            found = self._connection.extract_statements(sql)
        except duckdb.Error as e:
            raise _translated(e, sql) from e
        return [each.type == duckdb.StatementType.SELECT for each in found]

    def all_columns(self) -> dict[Relation, tuple[ColumnType, ...]]:
        """The columns of every table, in order, in one query."""
        lists = "list(column_name order by column_index), list(data_type order by column_index)"
        query = f"select schema_name, table_name, {lists} from duckdb_columns() where {OURS} group by all order by 1, 2"
        return {
            Relation(schema, table): tuple(map(ColumnType, names, types))
            for schema, table, names, types in self.rows(query)
        }

    def syntax_tree(self, sql: str) -> Any:
        """Of a text that is one SELECT; None where it cannot be serialised."""
        return next(iter(self._syntax_trees(sql)), None)

    def _syntax_trees(self, sql: str) -> list[Any]:
        """DuckDB's own parse of each SELECT, as JSON values; nothing where they cannot be serialised."""
        tree = json.loads(self.value("select json_serialize_sql(?, skip_null := true, skip_empty := true)", [sql]))
        return [] if tree.get("error") else [each["node"] for each in tree["statements"]]

    def is_same_query(self, one: str, other: str) -> bool:
        """Do two texts differ in layout and comments only? False where the parser cannot tell."""
        trees = [_without_locations(self._syntax_trees(each)) for each in (one, other)]
        return bool(trees[0]) and trees[0] == trees[1]

    def relations(self) -> dict[Relation, str]:
        """What exists: table or view, by address."""
        tables = f"select schema_name, table_name, 'table' from duckdb_tables() where {OURS}"
        views = f"select schema_name, view_name, 'view' from duckdb_views() where {OURS}"
        return {Relation(row[0], row[1]): row[2] for row in self.rows(f"{tables} union all {views}")}

    def create_schemas(self, schemas: set[str]) -> None:
        for schema in sorted(schemas):
            self.run(f"create schema if not exists {quoted(schema)}")


def _without_locations(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {k: _without_locations(v) for k, v in tree.items() if not k.startswith("query_location")}
    return [_without_locations(each) for each in tree] if isinstance(tree, list) else tree


_open: WeakSet[Warehouse] = WeakSet()


def interrupt_all() -> None:
    """For the handler of Ctrl-C: DuckDB may miss a signal that comes while the main thread is in a query."""
    for warehouse in _open:
        warehouse.interrupt()


class Warehouse(AbstractContextManager["Warehouse"]):
    """One open database file, or one in memory. Its lock is the run lock."""

    def __init__(self, path: Path | None, settings: Settings | None = None, *, read_only: bool = False) -> None:
        config = (settings or Settings()).as_duckdb()
        where = ":memory:" if path is None else str(path)
        try:
            if path is not None and not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = duckdb.connect(where, read_only=read_only, config=config)
            if size := config.get("max_temp_directory_size"):  # DuckDB 2.0 shows it, but obeys it only if set again
                self._connection.execute(f"set max_temp_directory_size = {literal(size)}")
        except duckdb.Error as e:
            raise _not_opened(e, where) from e
        except OSError as e:
            hint = "choose another folder with --target-dir"
            raise WorldError(f"cannot create the folder of {where}: {e.strerror}", hint=hint) from e
        self._cursors: list[duckdb.DuckDBPyConnection] = []
        _open.add(self)

    def cursor(self) -> Cursor:
        self._cursors.append(self._connection.cursor())
        return Cursor(self._cursors[-1])

    def interrupt(self) -> None:
        for cursor in self._cursors:
            cursor.interrupt()

    def close(self) -> None:
        _open.discard(self)
        for cursor in self._cursors:
            cursor.close()
        self._connection.close()

    def __exit__(self, *_: object) -> None:
        self.close()


def _not_opened(error: duckdb.Error, where: str) -> CoterieError:
    message = _details(error).get("exception_message", "")
    first = message.partition("\n")[0]
    hint = "look at the disk and the permissions; another --target-dir leaves what is there alone"
    told = f"cannot open {where}: {first}"
    if "Could not set lock" in message:
        holder = message.partition("held in ")[2].partition(". See")[0] or "another process"
        told, hint = f"{where} is in use by {holder}", "wait for it, or give this build a --target-dir of its own"
    elif "Unsupported storage" in message or "version number" in message:
        told = f"{where} was written by another version of DuckDB"
        hint = "only its snapshots cannot be made again from the source files: set it aside and build again"
    elif "memory" in first.lower() or "setting" in first.lower():
        return AuthorError(first, hint="look at `warehouse:` in project.yml")
    return WorldError(told, hint=hint)


def _details(error: duckdb.Error) -> dict[str, Any]:
    text = str(error)
    try:
        return dict(json.JSONDecoder().raw_decode(text, text.index("{"))[0])
    except ValueError:
        return {"exception_message": text}


def _translated(error: duckdb.Error, sql: str, prefix: int = 0) -> Exception:
    """Our own error; its `offset` counts characters from the end of the prefix."""
    if isinstance(error, duckdb.InterruptException):
        return Interrupted()
    details = _details(error)
    message = str(details.get("exception_message", error)).strip()
    if message.startswith("CSV Error"):
        return csv_error(message)
    build, hint = _verdict(error, message)
    told = message.partition("\n")[0].strip()
    if "does not have a column named" in told:
        table, _, column = told.split('"')[1:4]
        told, details = f'column "{column}" not found in "{table}"', {**details, "name": column}
    elif told.startswith("Division by zero"):
        told, hint = (told.partition(" Use TRY(")[0], "divide by nullif(…, 0), or with / instead of //")
    elif isinstance(error, duckdb.OutOfMemoryException):
        told = f"it needs more memory, or more room to spill, than it may have: {told}"
    position = int(details["position"]) if "position" in details else None
    offset = _offset(position, message, sql, prefix)
    mapped = build(told, hint=hint or suggestion(details), offset=offset, position=position)
    if details.get("error_subtype") == "COLUMN_NOT_FOUND" or told.startswith('column "'):
        mapped.unknown_column = str(details.get("name", ""))
    return mapped


def _verdict(error: duckdb.Error, message: str) -> tuple[Callable[..., CoterieError], str]:
    """Whose fault it is, and what to do if that is always the same."""
    if isinstance(error, duckdb.OutOfMemoryException):
        setting = "max_temp_directory_size" if "max_temp_directory_size" in message else "memory_limit"
        return WorldError, f"raise warehouse.{setting} in project.yml, or free disk space"
    if isinstance(error, duckdb.IOException) or "No space left" in message:
        if "No files found" in message or "Cannot open file" in message:
            return DataError, "check the path, and the var store_path"
        return WorldError, "free disk space, or choose another folder with --target-dir"
    if isinstance(error, (duckdb.FatalException, duckdb.InternalException)):
        return EngineFault, "this is a fault of DuckDB itself: run it again, what is complete is kept"
    if "Parquet" in message or "magic bytes" in message or isinstance(error, _DATA_KINDS):
        return DataError, ""
    return AuthorError, ""


_DATA_KINDS = (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException)
"""Values that do not convert, are out of range, break a constraint, or that a function refuses."""


def _offset(position: int | None, message: str, sql: str, prefix: int) -> int | None:
    if position is not None:
        return max(0, characters(sql, position) - prefix)
    if message.startswith("Division by zero"):
        sign = "%" if "%" in message.partition("(")[2].partition(")")[0] else "//"
        return _token(sql[prefix:], sign, duckdb.token_type.operator)
    return _token(sql[prefix:], message.split('"')[1]) if message.count('"') >= 2 else None


def characters(text: str, byte: int) -> int:
    """DuckDB counts bytes."""
    return len(text.encode()[:byte].decode(errors="ignore"))


def _token(sql: str, wanted: str, kind: object = None) -> int | None:
    """The first such token, comments and strings left out, where DuckDB names no position."""
    return next((each.at for each in tokens(sql) if each.word == wanted.lower() and kind in (None, each.kind)), None)


COMMENT, IDENTIFIER = duckdb.token_type.comment, duckdb.token_type.identifier


@dataclass(frozen=True)
class Token:
    at: int
    """In characters."""
    kind: object
    word: str
    """In lower case, without quotes."""


def tokens(sql: str) -> list[Token]:
    """A text as DuckDB's own tokens."""
    found = [(characters(sql, at), kind) for at, kind in duckdb.tokenize(sql)]
    ends = [at for at, _ in found[1:]] + [len(sql)]
    return [Token(at, kind, sql[at:end].strip().strip('"').lower()) for (at, kind), end in zip(found, ends)]
