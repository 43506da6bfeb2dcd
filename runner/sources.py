"""The state of source files as a value: which files, which columns, how large, how old.

Turns a declared source into one typed view over its files, whatever is absent filled with NULL.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from glob import glob
from hashlib import sha256
from pathlib import Path

from runner.config import place_of
from runner.errors import AuthorError, CoterieError, DataError, Place, did_you_mean
from runner.nodes import Seed, Source
from runner.relation import literal, quoted
from runner.warehouse import Cursor

CSV_DIALECT = "auto_detect=false, header=true, quote='\"', escape='\"'"


@dataclass(frozen=True)
class SourceState:
    """The files of one source as they are now."""

    source: Source
    files: tuple[str, ...]
    columns: tuple[str, ...]
    """What the files hold; empty where there are no files."""
    fingerprint: str


def source_state(source: Source, cursor: Cursor) -> SourceState:
    """Raises DataError where a required table or column is absent, or a file cannot be read."""
    if source.location is None:
        return SourceState(source, (), (), "")
    pattern, is_csv = _pattern(source.location)
    files = tuple(sorted(glob(pattern)))
    if not files:
        if source.is_required:
            hint = "run `coterie demo` for the demo shop, or set the var store_path"
            raise DataError(f"no file for the required table `{source.name}`: {pattern}", place=source.place, hint=hint)
        return SourceState(source, (), (), "absent")
    found = {path: _columns(source, path, cursor, is_csv=is_csv) for path in files}
    for column in source.columns:
        for path, names in found.items():
            if column.facts.get("required") and column.name not in names:
                message = f"{path} lacks the required column `{column.name}`"
                hint = did_you_mean(column.name, names, f"it has: {', '.join(names)}")
                raise DataError(message, place=column.place, hint=hint)
    columns = dict.fromkeys(name for names in found.values() for name in names)
    return SourceState(source, files, tuple(columns), _fingerprint(files))


def _pattern(location: str) -> tuple[str, bool]:
    """The glob of the files, and whether they are CSV: a bare path, or read_csv('…')."""
    function, quote, rest = location.partition("('")
    pattern = rest.partition("'")[0] if quote else location.strip("'")
    return pattern, "csv" in function if quote else pattern.endswith(("csv", "tsv", "csv.gz"))


def _columns(source: Source, path: str, cursor: Cursor, *, is_csv: bool) -> list[str]:
    if is_csv:
        return list(csv_header(path))
    try:
        return [each.name for each in cursor.columns(f"select * from {_parquet((path,))}")]
    except CoterieError as e:
        hint = "write the file again; it is not a whole Parquet file"
        raise DataError(f"cannot read {path}: {e.message}", place=source.place, hint=hint) from e


def _fingerprint(files: Iterable[str]) -> str:
    """Changes when a file is added, removed, rewritten or touched."""
    digest = sha256()
    for path in files:
        stat = Path(path).stat()
        digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def view_sql(state: SourceState) -> str:
    """A query that returns the declared columns with their declared types."""
    source = state.source
    if not state.files:
        return empty_sql(source)
    is_csv = _pattern(source.location or "")[1]
    table = _csv_union(source, state.files) if is_csv else _parquet(state.files)
    if not source.columns:
        return f"select * from {table}"
    present = set(state.columns)
    columns = ",\n    ".join(
        f"cast({quoted(each.name) if each.name in present else 'null'} as "
        f"{each.data_type or 'varchar'}) as {quoted(each.name)}"
        for each in source.columns
    )
    return f"select\n    {columns}\nfrom {table}"


def empty_sql(source: Source) -> str:
    """The source's declared columns, without a row."""
    columns = ", ".join(
        f"cast(null as {each.data_type or 'varchar'}) as {quoted(each.name)}" for each in source.columns
    )
    return f"select {columns or 'null as nothing'} where false"


def _parquet(files: tuple[str, ...]) -> str:
    options = ", union_by_name=true" if len(files) > 1 else ""
    return f"read_parquet([{', '.join(map(literal, files))}]{options})"


def _csv_union(source: Source, files: tuple[str, ...]) -> str:
    """One reader per file: each may order its columns as it likes."""
    types = {each.name: each.data_type or "varchar" for each in source.columns}
    selects = [f"select * from {csv_table(path, types)}" for path in files]
    return "(" + " union all by name ".join(selects) + ")"


def csv_table(path: str, types: dict[str, str], delimiter: str = ",") -> str:
    """A CSV file read strictly, as text where no type is given."""
    header = csv_header(path, delimiter)
    columns = ", ".join(f"{literal(name)}: {literal(types.get(name, 'varchar'))}" for name in header)
    dialect = f"{CSV_DIALECT}, delim={literal(delimiter)}"
    return f"read_csv([{literal(path)}], {dialect}, columns={{{columns}}})"


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
    for name in seed.column_types:
        if name not in header:
            message = f"`column_types` names `{name}`, which {seed.path} does not have"
            place, hint = place_of(name, seed.place, seed.column_types), did_you_mean(name, header)
            raise AuthorError(message, place=place, hint=hint or f"it has: {', '.join(header)}")
    types = dict(seed.column_types)
    if set(header) - set(types):
        guessed = _guessed(seed, cursor)
        types = {name: types.get(name, guessed.get(name, "varchar")) for name in header}
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
