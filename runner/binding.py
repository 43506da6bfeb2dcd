"""Bind the whole graph on empty typed tables: unknown columns, wrong types, bare names, contracts.

Needs no data. What binds here runs; only values can still go wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from runner.compile import Compiled, Manifest
from runner.errors import AuthorError, CoterieError
from runner.nodes import DataTest, Model, Seed, Source
from runner.relation import Relation, quoted
from runner.sources import empty_sql, seed_sql, source_state, view_sql
from runner.warehouse import ColumnType, Cursor, Warehouse, offset_of

TESTS_AT_ONCE = 25


@dataclass(frozen=True)
class Bound:
    """The exact columns of every relation, and what does not bind."""

    columns: Mapping[str, tuple[ColumnType, ...]]
    errors: tuple[CoterieError, ...]


def bind(manifest: Manifest, warehouse: Warehouse) -> Bound:
    """Creates every relation empty in `warehouse`, parents first."""
    cursor = warehouse.cursor()
    cursor.create_schemas({relation.schema for relation in _relations(manifest)})
    binder = _Binder(manifest, cursor)
    for name in manifest.graph.order:
        if not isinstance(manifest.compiled[name].node, DataTest):
            binder.bind(name)
    binder.bind_tests()
    binder.read_columns()
    return Bound(binder.columns, tuple(binder.errors))


def _relations(manifest: Manifest) -> Iterator[Relation]:
    for each in manifest.compiled.values():
        if not isinstance(each.node, DataTest):
            yield each.node.relation


class _Binder:
    def __init__(self, manifest: Manifest, cursor: Cursor) -> None:
        self.manifest, self.cursor = manifest, cursor
        self.columns: dict[str, tuple[ColumnType, ...]] = {}
        self.errors: list[CoterieError] = []
        self.unbound: set[str] = set()
        self.owners = {
            (each.node.relation.schema.lower(), each.node.relation.name.lower()): name
            for name, each in manifest.compiled.items()
            if not isinstance(each.node, DataTest)
        }

        self.words = {table for _, table in self.owners} | {
            name.lower() for name in self.owners.values()
        }

    def bind(self, name: str) -> None:
        compiled = self.manifest.compiled[name]
        if any(parent in self.unbound for parent in compiled.parents):
            self.unbound.add(name)
            return
        try:
            self._bind(name, compiled)
        except CoterieError as e:
            self.unbound.add(name)
            self.errors.append(self.manifest.located(compiled, e, offset_of(e)))

    def _bind(self, name: str, compiled: Compiled) -> None:
        node = compiled.node
        if isinstance(node, DataTest):
            self.cursor.columns(compiled.sql)
        elif isinstance(node, Source):
            self._bind_source(node)
        elif isinstance(node, Seed):
            self.cursor.create("table", node.relation, seed_sql(node, self.cursor))
        else:
            self._audit(compiled)
            self.cursor.create("table", node.relation, compiled.sql, empty=True)

    def bind_tests(self) -> None:
        """Many tests in one query; one by one only where a batch does not bind."""
        tests = [
            name
            for name in self.manifest.graph.order
            if isinstance(self.manifest.compiled[name].node, DataTest)
            and not self.unbound.intersection(self.manifest.compiled[name].parents)
        ]
        for first in range(0, len(tests), TESTS_AT_ONCE):
            batch = tests[first : first + TESTS_AT_ONCE]
            queries = [f"exists (\n{self.manifest.compiled[name].sql}\n)" for name in batch]
            try:
                self.cursor.columns("select " + ", ".join(queries))
            except CoterieError:
                for name in batch:
                    self.bind(name)

    def read_columns(self) -> None:
        """Exact columns of all relations in one query; then what YAML promises of them."""
        found = self.cursor.all_columns()
        for name, compiled in self.manifest.compiled.items():
            node = compiled.node
            if isinstance(node, DataTest) or name in self.unbound:
                continue
            self.columns[name] = found.get(node.relation, ())
            if isinstance(node, Model):
                try:
                    _refuse_broken_contract(node, self.columns[name], self.cursor)
                    _refuse_unknown_columns(node, self.columns[name])
                except CoterieError as e:
                    self.errors.append(e)

    def _bind_source(self, source: Source) -> None:
        if source.columns and all(each.data_type for each in source.columns):
            query = empty_sql(source)
        else:
            query = view_sql(source_state(source, self.cursor))
        self.cursor.create("table", source.relation, query, empty=True)

    def _audit(self, compiled: Compiled) -> None:
        """One select statement, and no table of the project read without a ref."""
        refuse_statements(self.cursor, compiled)
        if not self._names_a_node(compiled):
            return
        tree = self.cursor.syntax_tree(compiled.sql)
        for schema, table, at in _tables(tree):
            owner = self.owners.get((schema, table)) if schema else self._by_name(table)
            if owner is None or owner in compiled.parents or owner in _ctes(tree):
                continue
            raise _bare_name(owner, schema, table, compiled.sql, at)

    def _names_a_node(self, compiled: Compiled) -> bool:
        """A cheap look before the syntax tree: does any bare word name a node at all?"""
        return not self.words.isdisjoint(self.cursor.bare_words(compiled.sql))

    def _by_name(self, table: str) -> str | None:
        known = self.manifest.compiled.get(table)
        return table if known and not isinstance(known.node, DataTest) else None


def refuse_statements(cursor: Cursor, compiled: Compiled) -> None:
    """One statement, and a select."""
    are_selects = cursor.statements(compiled.sql)
    if len(are_selects) != 1:
        hint = "split it into two models; drop the semicolon"
        error = AuthorError("a model is one select statement, here are several", hint=hint)
        raise _at(error, max(0, compiled.sql.find(";")))
    if not are_selects[0]:
        raise _at(
            AuthorError("a model is a select statement", hint="the runner writes the rest"), 0
        )


def _at(error: CoterieError, offset: int) -> CoterieError:
    error.offset = offset  # type: ignore[attr-defined]
    return error


def _bare_name(owner: str, schema: str, table: str, sql: str, byte: int) -> CoterieError:
    written = f"{schema}.{table}" if schema else table
    group, dot, name = owner.partition(".")
    call = f"source('{group}', '{name}')" if dot else f"ref('{owner}')"
    error = AuthorError(
        f"`{written}` is read without a ref, so it may not be built yet",
        hint=f"write {{{{ {call} }}}}",
    )
    return _at(error, len(sql.encode()[:byte].decode(errors="ignore")))


def _tables(tree: Any) -> Iterator[tuple[str, str, int]]:
    """Schema, name and byte offset of every table that a syntax tree reads."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            if node.get("type") == "BASE_TABLE":
                schema = str(node.get("schema_name", "")).lower()
                yield schema, str(node["table_name"]).lower(), int(node.get("query_location", 0))
            stack.extend(value for value in node.values() if isinstance(value, (dict, list)))


def _ctes(tree: Any) -> set[str]:
    names: set[str] = set()
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            for entry in (node.get("cte_map") or {}).get("map", []):
                names.add(str(entry.get("key", "")).lower())
            stack.extend(value for value in node.values() if isinstance(value, (dict, list)))
    return names


def _refuse_broken_contract(model: Model, columns: tuple[ColumnType, ...], cursor: Cursor) -> None:
    """An enforced contract names all columns, in order, with the engine's exact types."""
    contract = model.config.get("contract")
    if not isinstance(contract, dict) or not contract.get("enforced"):
        return
    promised = _promised(model, cursor)
    for at, (wanted, found) in enumerate(zip_longest(promised, columns)):
        if wanted == found:
            continue
        told = f"promised is {_told(wanted)}, found {_told(found)}"
        message = f"contract of `{model.name}`, column {at + 1}: {told}"
        words = model.columns[min(at, len(model.columns) - 1)] if model.columns else None
        hint = "change the query, or the promise: dashboards depend on it"
        raise AuthorError(message, place=words.place if words else model.place, hint=hint)


def _promised(model: Model, cursor: Cursor) -> tuple[ColumnType, ...]:
    """The declared types in the engine's own spelling: int is INTEGER, text is VARCHAR."""
    casts = []
    for column in model.columns:
        if column.data_type is None:
            message = f"contract of `{model.name}`: `{column.name}` has no data_type"
            raise AuthorError(message, place=column.place, hint="promise a type")
        casts.append(f"cast(null as {column.data_type}) as {quoted(column.name)}")
    return cursor.columns("select " + ", ".join(casts)) if casts else ()


def _told(column: ColumnType | None) -> str:
    return f"`{column.name}` {column.type}" if column else "no column"


def _refuse_unknown_columns(model: Model, columns: tuple[ColumnType, ...]) -> None:
    """YAML that describes a column which the model does not have has gone stale."""
    found = {each.name.lower() for each in columns}
    for column in model.columns:
        if column.name.lower() not in found:
            message = f"`{model.name}` has no column `{column.name}`"
            hint = "columns: " + ", ".join(each.name for each in columns)
            raise AuthorError(message, place=column.place, hint=hint)
