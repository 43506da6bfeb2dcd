"""The state of source files as a value: which files, which columns, how large, how old.

Turns a declared source into one typed view over its files, whatever is absent filled with NULL.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from glob import glob
from hashlib import file_digest
from pathlib import Path

from runner.config import place_of
from runner.errors import AuthorError, CoterieError, DataError, Place, did_you_mean, refuse_unknown
from runner.nodes import Seed, Source
from runner.relation import literal, quoted
from runner.warehouse import Cursor

CSV_DIALECT = "auto_detect=false, header=true, quote='\"', escape='\"'"


@dataclass(frozen=True)
class FileState:
    """One file as it is now. Size and time only tell whether it must be read again; its content is its digest."""

    path: str
    size: int
    mtime_ns: int
    digest: str
    columns: tuple[str, ...]
    rows: int | None
    """None where only reading it all would tell."""


@dataclass(frozen=True)
class SourceState:
    """The files of one source as they are now."""

    source: Source
    files: tuple[FileState, ...] = ()
    content: str = ""
    """Stands for the rows of a source that is a table in the warehouse, not files."""

    @property
    def rows(self) -> int | None:
        counts = [each.rows for each in self.files]
        return sum(counts) if counts and None not in counts else None  # type: ignore[arg-type]

    @property
    def fingerprint(self) -> str:
        """Changes when a file is added, removed or holds something else; not when it is only touched."""
        return self.content or " ".join(f"{each.path} {each.digest}" for each in self.files)


def source_state(source: Source, cursor: Cursor, known: Mapping[str, FileState]) -> SourceState:
    """Raises DataError where a required table or column is absent, or a file cannot be read.

    `known` are files as earlier builds saw them: those that were not touched since are not read again.
    """
    if source.location is None:
        return SourceState(source, content=_content(source, cursor))
    pattern, is_csv = _pattern(source)
    files = sorted(glob(pattern))
    if source.is_required and not files:
        hint = "run `coterie demo` for the demo shop, or set the var store_path"
        raise DataError(f"no file for the required table `{source.name}`: {pattern}", place=source.place, hint=hint)
    states = tuple(_file_state(source, path, cursor, known.get(path), is_csv=is_csv) for path in files)
    for column in source.columns:
        for state in states:
            if column.facts.get("required") and column.name.lower() not in map(str.lower, state.columns):
                message = f"{state.path} lacks the required column `{column.name}`"
                hint = did_you_mean(column.name, state.columns, f"it has: {', '.join(state.columns)}")
                raise DataError(message, place=column.place, hint=hint)
    return SourceState(source, states)


def _content(source: Source, cursor: Cursor) -> str:
    """A checksum of a table that somebody else fills; nothing tells us when it changed."""
    if source.relation not in cursor.relations():
        return ""
    return str(cursor.rows(f"select count(*), sum(hash(each)::hugeint) from {source.relation} as each")[0])


def _file_state(source: Source, path: str, cursor: Cursor, known: FileState | None, *, is_csv: bool) -> FileState:
    try:
        stat = Path(path).stat()
        if known is not None and (known.size, known.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
            return known
        with Path(path).open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
    except OSError as e:
        raise DataError(f"cannot read {path}: {e.strerror}", place=Place(path)) from e
    told = (csv_header(path, _delimiter(path)), None) if is_csv else _parquet_columns_and_rows(source, path, cursor)
    return FileState(path, stat.st_size, stat.st_mtime_ns, digest, *told)


def _pattern(source: Source) -> tuple[str, bool]:
    """The glob of the files, and whether they are text: a bare path, or read_csv('…')."""
    location = source.location or ""
    function, quote, rest = location.partition("('")
    pattern, _, more = rest.partition("'") if quote else (location.strip("'"), "", ")")
    is_text = "csv" in function if quote else pattern.endswith(("csv", "tsv"))
    if more.strip() != ")" or not (is_text or "parquet" in location):
        hint = "CSV, TSV and Parquet are read: a pattern, or read_csv('…') and read_parquet('…') with a pattern alone"
        raise AuthorError(f"the location `{location}` is not supported", place=source.place, hint=hint)
    return pattern, is_text


def _parquet_columns_and_rows(source: Source, path: str, cursor: Cursor) -> tuple[tuple[str, ...], int]:
    try:
        columns = cursor.columns(f"select * from {_parquet((path,))}")
        return tuple(each.name for each in columns), int(cursor.value(f"select count(*) from {_parquet((path,))}"))
    except CoterieError as e:
        hint = "write the file again; it is not a whole Parquet file"
        raise DataError(f"cannot read {path}: {e.message}", place=source.place, hint=hint) from e


def view_sql(state: SourceState) -> str:
    """A query that returns the declared columns with their declared types."""
    source = state.source
    if not state.files:
        return empty_sql(source)
    is_csv = _pattern(source)[1]
    types = {each.name: each.data_type or "varchar" for each in source.columns}
    paths = tuple(each.path for each in state.files)
    # one reader per CSV file: each may order its columns as it likes
    selects = [f"select * from {csv_table(path, types, _delimiter(path))}" for path in paths if is_csv]
    table = f"({' union all by name '.join(selects)})" if is_csv else _parquet(paths)
    if not source.columns:
        return f"select * from {table}"
    present = {name.lower() for each in state.files for name in each.columns}
    return f"select\n    {_typed(source, present)}\nfrom {table}"


def types_of_files(state: SourceState, cursor: Cursor) -> str:
    """The types that the columns of Parquet files have together; text has none."""
    is_csv = _pattern(state.source)[1]
    paths = tuple(each.path for each in state.files)
    return str(cursor.columns(f"select * from {_parquet(paths)}")) if paths and not is_csv else ""


def empty_sql(source: Source) -> str:
    """The source's declared columns, without a row."""
    return f"select {_typed(source, set()) or 'null as nothing'} where false"


def _typed(source: Source, present: set[str]) -> str:
    values = {each.name: quoted(each.name) if each.name.lower() in present else "null" for each in source.columns}
    return ",\n    ".join(
        f"cast({values[each.name]} as {each.data_type or 'varchar'}) as {quoted(each.name)}" for each in source.columns
    )


def _parquet(files: tuple[str, ...]) -> str:
    options = ", union_by_name=true" if len(files) > 1 else ""
    return f"read_parquet([{', '.join(map(literal, files))}]{options})"


def _delimiter(path: str) -> str:
    return "\t" if path.endswith(".tsv") else ","


def csv_table(path: str, types: dict[str, str], delimiter: str = ",") -> str:
    """A CSV file read strictly, as text where no type is given."""
    header = csv_header(path, delimiter)
    columns = ", ".join(f"{literal(name)}: {literal(types.get(name, 'varchar'))}" for name in header)
    return f"read_csv([{literal(path)}], {CSV_DIALECT}, delim={literal(delimiter)}, columns={{{columns}}})"


def csv_header(path: str, delimiter: str = ",") -> tuple[str, ...]:
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, delimiter=delimiter), [])
    except UnicodeDecodeError as e:
        line, column = e.object.count(b"\n", 0, e.start) + 1, e.start - e.object.rfind(b"\n", 0, e.start)
        message, place = f"not UTF-8 text: {e.reason}", Place(path, line, column)
        raise DataError(message, place=place, hint="save it as UTF-8") from e
    except OSError as e:
        raise DataError(f"cannot read {path}: {e.strerror}", place=Place(path)) from e
    if not header:
        raise DataError("the file has no header row", place=Place(path), hint="name the columns")
    for at, name in enumerate(header):
        if name in header[:at]:
            place = Place(path, 1, len(delimiter.join(header[:at])) + 2)
            raise DataError(f"the column `{name}` stands twice in the header", place=place)
    return tuple(header)


def seed_sql(seed: Seed, cursor: Cursor) -> str:
    """The rows of a seed; columns without a type in `column_types` get the type that dbt would guess."""
    header = csv_header(seed.path, seed.delimiter)
    types = dict(seed.column_types)
    for name in types:
        message = f"`column_types` names `{name}`, which {seed.path} does not have"
        place = place_of(name, seed.place, seed.column_types)
        refuse_unknown(name, header, message, place, f"it has: {', '.join(header)}")
    if set(header) - set(types):
        types = _guessed(seed, cursor) | types
    return f"select * from {csv_table(seed.path, types, seed.delimiter)}"


def _guessed(seed: Seed, cursor: Cursor) -> dict[str, str]:
    """DuckDB's guess, but what dbt guesses otherwise: whole numbers that fit are INTEGER, leading zeros or not,
    an empty column too; only true and false are BOOLEAN; a time of day is text."""
    reader = f"from read_csv({literal(seed.path)}, header=true, delim={literal(seed.delimiter)}"
    guessed = {each.name: each.type for each in cursor.columns(f"{reader})")}
    is_whole = "regexp_full_match({0}, '[+-]?[0-9]+') and try_cast({0} as integer) is not null"
    tries = ", ".join(
        f"bool_and({is_whole.format(name)}) filter ({name} is not null), bool_and(lower({name}) in ('true', 'false'))"
        for name in map(quoted, guessed)
    )
    found = cursor.rows(f"select {tries} {reader}, all_varchar=true)")[0]
    for at, (name, kind) in enumerate(guessed.items()):
        if kind in ("BIGINT", "VARCHAR") and found[2 * at] is not False:
            guessed[name] = "INTEGER"
        elif kind == "TIME" or (kind == "BOOLEAN" and not found[2 * at + 1]):
            guessed[name] = "VARCHAR"
    return guessed
