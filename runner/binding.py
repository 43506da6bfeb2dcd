"""Bind the whole graph on empty typed tables: unknown columns, wrong types, bare names, contracts.

Needs no data. What binds here runs; only values can still go wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from runner.compile import Compiled, Manifest
from runner.declared import history_sql, refuse_broken_contract, refuse_unknown_columns
from runner.errors import AuthorError, CoterieError, did_you_mean
from runner.nodes import DataTest, Seed, Snapshot, Source
from runner.sources import empty_sql, seed_sql, source_state, view_sql
from runner.warehouse import COMMENT, ColumnType, Cursor, Warehouse, characters, tokens

QUERIES_AT_ONCE = 25
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Bound:
    """The exact columns of every relation, and what does not bind."""

    columns: Mapping[str, tuple[ColumnType, ...]]
    errors: tuple[CoterieError, ...]


def bind(manifest: Manifest, warehouse: Warehouse, *, with_tests: bool = True) -> Bound:
    """Creates every relation empty in `warehouse`, parents first."""
    cursor = warehouse.cursor()
    cursor.create_schemas({node.relation.schema for node in manifest.tables.values()})
    binder = _Binder(manifest, cursor)
    for name in manifest.graph.order:
        if name in manifest.tables:
            binder.bind(manifest.compiled[name])
    if with_tests:
        binder.bind_queries()
    binder.read_columns()
    return Bound(binder.columns, tuple(binder.errors))


class _Binder:
    def __init__(self, manifest: Manifest, cursor: Cursor) -> None:
        self.manifest, self.cursor = manifest, cursor
        self.columns: dict[str, tuple[ColumnType, ...]] = {}
        self.errors: list[CoterieError] = []
        self.unbound: set[str] = set()
        self.owners = {("", name): name for name in manifest.tables} | dict(manifest.owners)
        self.words = {name.lower() for _, name in self.owners}

    def bind(self, compiled: Compiled) -> None:
        name = compiled.node.name
        if self.unbound.intersection(compiled.parents):
            self.unbound.add(name)
            return
        try:
            self._bind(compiled)
        except CoterieError as e:
            self.unbound.add(name)
            self._suggest_column(compiled, e)
            self.errors.append(self.manifest.located(compiled, e))

    def _suggest_column(self, compiled: Compiled, error: CoterieError) -> None:
        """All columns of the parents are known: one of them may be meant."""
        if error.unknown_column and not error.hint:
            known = self.cursor.all_columns()
            tables = [self.manifest.tables[parent].relation for parent in compiled.parents]
            names = {column.name for table in tables for column in known.get(table, ())}
            error.hint = did_you_mean(error.unknown_column, names)

    def _bind(self, compiled: Compiled) -> None:
        node = compiled.node
        if isinstance(node, Source):
            if compiled.parents:
                return  # a seed stands at its address
            is_typed = node.columns and all(each.data_type for each in node.columns)
            query = empty_sql(node) if is_typed else view_sql(source_state(node, self.cursor, {}))
            self.cursor.create("table", node.relation, query, empty=True)
        elif isinstance(node, Seed):
            self.cursor.create("table", node.relation, seed_sql(node, self.cursor))
        elif isinstance(node, DataTest) or node.name not in self.manifest.tables:
            self._refuse_bare_names(compiled)
            self.cursor.columns(compiled.sql)
        else:
            _refuse_statements(self.cursor, compiled)
            self._refuse_bare_names(compiled)
            query = compiled.sql
            if isinstance(node, Snapshot):
                self.cursor.columns(query)
                query = history_sql(query, node.versioning)
            self.cursor.create("table", node.relation, query, empty=True)
            if compiled.increment:
                with self.manifest.blamed(replace(compiled, sql=compiled.increment)):
                    self.cursor.columns(compiled.increment)

    def bind_queries(self) -> None:
        """Tests, and ephemeral models that nobody reads. Many in one query; one by one only where they do not bind."""
        compiled = self.manifest.compiled
        read = {name for each in compiled.values() for name in each.reading.refs}
        unread = [each for name, each in self.manifest.ephemerals.items() if name not in read]
        tests = [compiled[name] for name in self.manifest.graph.order if name not in self.manifest.tables]
        queries = [each for each in (*tests, *unread) if not self.unbound.intersection(each.parents)]
        for first in range(0, len(queries), QUERIES_AT_ONCE):
            batch = queries[first : first + QUERIES_AT_ONCE]
            try:
                for each in batch:
                    self._refuse_bare_names(each)
                self.cursor.columns("select " + ", ".join(f"exists (\n{each.sql}\n)" for each in batch))
            except CoterieError:
                for each in batch:
                    self.bind(each)

    def read_columns(self) -> None:
        """Exact columns of all relations in one query; then what YAML promises of them."""
        found = self.cursor.all_columns()
        for name, node in self.manifest.tables.items():
            if name in self.unbound:
                continue
            self.columns[name] = found.get(node.relation, ())
            try:
                refuse_broken_contract(node, self.columns[name], self.cursor)
                if not isinstance(node, Source):
                    refuse_unknown_columns(node, self.columns[name])
            except CoterieError as e:
                self.errors.append(e)

    def _refuse_bare_names(self, compiled: Compiled) -> None:
        """A table of the project is read through ref, or it may not be built yet; declared tests name their own."""
        if isinstance(compiled.node, DataTest) and compiled.node.macro:
            return
        rest = compiled.sql
        for parent in compiled.parents:
            rest = rest.replace(str(self.manifest.tables[parent].relation), "")
        if self.words.isdisjoint(WORD.findall(rest.lower())) and not _reads_a_file(rest):
            return  # a cheap look before the syntax tree
        entries = list(_entries(self.cursor.syntax_tree(compiled.sql)))
        ctes = {str(cte["key"]).lower() for entry in entries for cte in (entry.get("cte_map") or {}).get("map", ())}
        for entry in (each for each in entries if each.get("type") == "BASE_TABLE"):
            schema, table = str(entry.get("schema_name", "")), str(entry["table_name"])
            at = characters(compiled.sql, int(entry.get("query_location", 0)))
            if not schema and ("." in table or "/" in table):
                hint = "declare it under `sources:` with an external_location, then write source(…)"
                raise AuthorError(f"the file '{table}' is read without a source", hint=hint, offset=at)
            owner = self.owners.get((schema.lower(), table.lower()))
            is_cte = not schema and table.lower() in ctes
            if owner is not None and owner not in compiled.parents and not is_cte:
                group, dot, name = owner.partition(".")
                call = f"source('{group}', '{name}')" if dot else f"ref('{owner}')"
                written = f"{schema}.{table}".lstrip(".")
                message = f"`{written}` is read without a ref, so it may not be built yet"
                raise AuthorError(message, hint=f"write {{{{ {call} }}}}", offset=at)


def _refuse_statements(cursor: Cursor, compiled: Compiled) -> None:
    """One statement, a select, and no semicolon."""
    if ";" not in compiled.sql and compiled.sql.split(None, 1)[:1] in (["with"], ["select"], ["from"]):
        return
    are_selects = cursor.statements(compiled.sql)
    semicolon = next((token.at for token in tokens(compiled.sql) if token.word == ";"), None)
    if not are_selects:
        raise AuthorError("the model is empty", hint="write a select, or delete the file")
    if len(are_selects) > 1 or semicolon is not None:
        several = "a model is one select statement, here are several"
        message = several if len(are_selects) > 1 else "a model ends without a semicolon"
        raise AuthorError(message, hint="split it into two models; drop the semicolon", offset=semicolon)
    if not are_selects[0]:
        start = next(token.at for token in tokens(compiled.sql) if token.kind != COMMENT)
        raise AuthorError("a model is a select statement", hint="the runner writes the rest", offset=start)


def _reads_a_file(sql: str) -> bool:
    words = tokens(sql) if "'" in sql else []
    return any(a.word in ("from", "join") and b.word.startswith("'") for a, b in pairwise(words))


def _entries(tree: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a syntax tree."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
