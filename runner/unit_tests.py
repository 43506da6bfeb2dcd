"""Unit tests as dbt writes them: the same template, another resolver, an in-memory database.

Given rows are typed like the real parents, expected rows like the model itself.
"""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.binding import bind
from runner.compile import Compiled, Manifest
from runner.config import place_of, read_text
from runner.errors import AuthorError, CoterieError, Mistake, blamed_on, did_you_mean, raise_all, refuse_unknown
from runner.nodes import Model, UnitTest
from runner.relation import Relation, literal, quoted
from runner.scope import Scope
from runner.selection import select
from runner.shapes import Rows
from runner.templates import LazyMacro
from runner.warehouse import ColumnType, Row, Warehouse

SCHEMA = "unit_test"
EXPECTED = "expected"
Columns = tuple[ColumnType, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one unit test; `missing` and `unexpected` are empty when it passed."""

    test: UnitTest
    columns: tuple[str, ...] = ()
    missing: tuple[Row, ...] = ()
    unexpected: tuple[Row, ...] = ()
    error: CoterieError | None = None
    seconds: float = 0.0

    @property
    def is_passed(self) -> bool:
        return self.error is None and not self.missing and not self.unexpected


def run(manifest: Manifest, words: Iterable[str], excluded: Iterable[str]) -> Iterator[Outcome]:
    """The unit tests of the selected models, or those named. Raises what does not bind."""
    wanted = {word for each in words for word in each.split()}
    tests = manifest.project.unit_tests
    named = wanted & set(tests)
    models = select(manifest, sorted(wanted - named), excluded) if wanted != named or not wanted else frozenset()
    chosen = [test for name, test in sorted(tests.items()) if name in named or test.model in models]
    with Warehouse(None) as warehouse:
        bench = Bench(manifest, warehouse)
        for test in chosen:
            started = time.perf_counter()
            yield replace(bench.run(test), seconds=time.perf_counter() - started)


class Bench:
    """The whole graph bound on empty tables, on which unit tests run one after the other."""

    def __init__(self, manifest: Manifest, warehouse: Warehouse) -> None:
        self.manifest, self._cursor = manifest, warehouse.cursor()
        bound = bind(manifest, warehouse, with_tests=False)
        raise_all(bound.errors)
        self._columns = bound.columns
        self._cursor.create_schemas({SCHEMA})

    def run(self, test: UnitTest) -> Outcome:
        try:
            return self._outcome(test)
        except CoterieError as e:
            # where in the template it was asked for says nothing of the test that does not give it
            told = AuthorError(e.message, hint=e.hint) if isinstance(e, Mistake) else e
            return Outcome(test, error=told.at(test.place))

    def _outcome(self, test: UnitTest) -> Outcome:
        model = self.manifest.project.models[test.model]
        scope = _scope(self.manifest, model, test, self._given(test))
        rendered = self.manifest.project.templates.render(model.path, model.text, scope)
        compiled = Compiled(model, rendered.sql.rstrip(), ())
        promised = self._columns.get(model.name) or self._cursor.columns(compiled.sql)
        expected = self._table(EXPECTED, test.shape.expect, promised)
        names = [column.name for column in expected]
        chosen = ", ".join(map(quoted, names)) or "1"
        prefix = f"select {chosen} from (\n"
        with self.manifest.blamed(compiled):
            found = self._cursor.rows(f"{prefix}{compiled.sql}\n)", prefix=len(prefix))
        wanted = self._cursor.rows(f"select {chosen} from {Relation(SCHEMA, EXPECTED)}")
        return Outcome(test, tuple(names), *_difference(wanted, found))

    def _given(self, test: UnitTest) -> dict[str, Relation]:
        """By node name: the table that stands for it."""
        found: dict[str, Relation] = {}
        for rows in test.shape.given:
            name = _input_name(rows, test.model)
            if name not in self._columns and name not in self.manifest.ephemerals:
                message, hint = f"unknown input `{rows.input}`", did_you_mean(name, self._columns)
                raise AuthorError(message, place=rows.place, hint=hint)
            if rows.rows is None and rows.fixture is None and name in self.manifest.project.seeds:
                continue
            found[name] = Relation(SCHEMA, name.replace(".", "__"))
            types = self._columns.get(name) or self._cursor.columns(self.manifest.ephemerals[name].sql)
            self._table(found[name].name, rows, types)
        return found

    def _table(self, table: str, rows: Rows, types: Columns) -> Columns:
        """Create the stated rows as a typed table; returns the columns that were stated."""
        if rows.format == "sql":
            query = _fixture(rows) if rows.fixture else str(rows.rows)
            with blamed_on(rows.at("rows")):
                stated = [column.name for column in self._cursor.columns(query)]
        else:
            lines = _stated_rows(rows)
            stated = list(dict.fromkeys(name for line in lines for name in line))
            selects = ([f"{_literal(line.get(name))} as {quoted(name)}" for name in stated] for line in lines)
            query = " union all ".join("select " + ", ".join(values) for values in selects)
        known = {column.name.lower(): column for column in types}
        listed = rows.rows if isinstance(rows.rows, list) else ()
        for name in stated:
            place, otherwise = place_of(name, rows.at("rows"), *listed), "columns: " + ", ".join(known)
            refuse_unknown(name.lower(), known, f"`{table}` has no column `{name}`", place, otherwise)
        said = tuple(known[name.lower()] for name in stated) or types
        names = {column.name for column in said} if stated else set()
        casts = ", ".join(
            f"cast({quoted(each.name) if each.name in names else 'null'} as {each.type}) as {quoted(each.name)}"
            for each in (said if table == EXPECTED else types)
        )
        source = f"({query})" if stated else "(select 1) where false"
        try:
            self._cursor.create("table", Relation(SCHEMA, table), f"select {casts} from {source}")
        except CoterieError as e:
            raise AuthorError(f"rows of `{table}`: {e.message}", place=rows.at("rows")) from e
        return said


def _scope(manifest: Manifest, model: Model, test: UnitTest, given: dict[str, Relation]) -> Scope:
    plain, overrides = manifest.project.scope, test.shape.overrides
    macros = manifest.project.templates.env.globals
    own_macros = {name for name, each in macros.items() if isinstance(each, LazyMacro)} | {"is_incremental"}
    read_vars = {name for name in overrides.vars if f"'{name}'" in model.text} | set(plain.vars)
    for kind, block, known in (("var", overrides.vars, read_vars), ("macro", overrides.macros, own_macros)):
        for name in (each for each in block if each not in known):
            place, hint = place_of(name, test.place, block), did_you_mean(name, known)
            raise AuthorError(f"no {kind} `{name}` to override", place=place, hint=hint)
    return replace(
        plain,
        vars={**plain.vars, **overrides.vars},
        env={**plain.env, **{key: str(value) for key, value in overrides.env_vars.items()}},
        this=given.get(model.name, model.relation),
        is_incremental=bool(overrides.macros.get("is_incremental")),
        resolver=_Given(test, {name: seed.relation for name, seed in manifest.project.seeds.items()} | given),
        answers=overrides.macros,
    )


@dataclass(frozen=True)
class _Given:
    """Answers `ref` and `source` with the given tables."""

    test: UnitTest
    tables: Mapping[str, Relation]

    def address(self, name: str) -> str:
        if name in self.tables:
            return str(self.tables[name])
        message = f"the unit test `{self.test.name}` gives no rows for ref('{name}')"
        raise Mistake(message, name, f"add `- input: ref('{name}')` with `rows: []`")

    def source_address(self, group: str, table: str) -> str:
        return self.address(f"{group}.{table}")


def _input_name(rows: Rows, model: str) -> str:
    if rows.input == "this":
        return model
    call, *words = rows.input.replace('"', "'").split("'")
    if (call.rstrip(), len(words)) in (("ref(", 2), ("source(", 4)):
        return ".".join(words[::2])
    hint = "write ref('model'), source('group', 'table') or this"
    raise AuthorError(f"`{rows.input}` is not an input", place=rows.place, hint=hint)


def _stated_rows(rows: Rows) -> list[dict[str, Any]]:
    if rows.format == "dict" and rows.fixture is None:
        if not all(isinstance(row, dict) for row in rows.rows or []):
            raise AuthorError("each row must be keys and values", place=rows.place)
        return list(rows.rows or [])
    if rows.fixture is None:
        refuse_unknown(rows.format, ("dict", "csv", "sql"), f"unknown format `{rows.format}`", rows.at("format"))
    text = _fixture(rows) if rows.fixture else str(rows.rows or "")
    reader = csv.DictReader(io.StringIO(text.strip()))
    return [{key: value if value != "" else None for key, value in row.items()} for row in reader]


def _fixture(rows: Rows) -> str:
    suffix = "sql" if rows.format == "sql" else "csv"
    there = {path.stem: path for path in sorted(Path("tests").rglob(f"fixtures/*.{suffix}"))}
    name, place = str(rows.fixture), rows.at("fixture")
    refuse_unknown(name, there, f"no fixture `{name}.{suffix}`", place, "it belongs in tests/data/fixtures/")
    return read_text(there[name])


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
    return literal(str(value))


def _difference(wanted: Iterable[Row], found: Iterable[Row]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Rows as a bag: order never counts, copies do."""
    expected, actual = (Counter(tuple(map(_comparable, row)) for row in rows) for rows in (wanted, found))
    missing, unexpected = expected - actual, actual - expected
    return tuple(sorted(missing.elements(), key=repr)), tuple(sorted(unexpected.elements(), key=repr))


def _comparable(value: Any) -> Any:
    """Doubles are compared to twelve significant digits; nested values as text."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return repr(value) if isinstance(value, (list, dict)) else value
