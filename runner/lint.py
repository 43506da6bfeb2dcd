"""What may come out differently tomorrow from the same rows: picks without a tie-break, clocks and dice.

Points at places, never at certainties: nothing here fails a build. The rules are told in docs/determinism.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from runner.compile import Compiled, Manifest
from runner.errors import AuthorError, Place
from runner.nodes import DataTest, Model
from runner.uniqueness import Known, Node, Scope, arguments, entries, scopes
from runner.warehouse import ColumnType, Cursor, characters

TIE, ORDER, VOLATILE = "tie", "order", "volatile"
PICKING_WINDOWS = {f"WINDOW_{each}" for each in ("ROW_NUMBER NTILE LAG LEAD FIRST_VALUE LAST_VALUE NTH_VALUE".split())}
"""A rank is no pick: rows that tie get the same one."""
NUMBERING = ("row_number", "ntile")
BEST = frozenset("arg_max arg_min argmax argmin max_by min_by arg_max_null arg_min_null".split())
ANY = frozenset("first last any_value arbitrary".split())
COLLECTING = frozenset("list array_agg string_agg group_concat listagg".split())
ORDERLESS = re.compile(r"(list|array)_(\w*sort|unique|contains|has\w*|position_any|sum|min|max|aggregate)|len|length")
"""What is done to a list that does not care for its order."""
KEYWORDS = frozenset("current_date current_time current_timestamp localtime localtimestamp".split())
SESSION = frozenset(
    "current_database current_schema current_schemas current_query current_setting error getvariable in_search_path "
    "stats vector_type write_log".split()
)
"""Volatile for the engine, but neither a clock nor a die."""
UNIQUE_TESTS = ("test_unique", "test_unique_combination", "test_unique_combination_of_columns")
ALLOWED = re.compile(r"lint: allow ([\w, ]+)")


@dataclass(frozen=True)
class Finding:
    rule: str
    message: str
    place: Place
    hint: str


@dataclass(frozen=True)
class _Suspect:
    """A finding before it has a place in the author's file."""

    rule: str
    node: Node
    message: str
    hint: str


TIE_HINT = "end the order with a unique column, or declare what is unique with a `unique` test"


def lint(manifest: Manifest, columns: Mapping[str, tuple[ColumnType, ...]], cursor: Cursor) -> tuple[Finding, ...]:
    """Findings in all models, each place once; the cheap look at words comes before the syntax tree."""
    judge = _Judge(manifest, columns, cursor)
    found: dict[tuple[Place, str], Finding] = {}
    for compiled in chain(manifest.compiled.values(), manifest.ephemerals.values()):
        if isinstance(compiled.node, Model) and judge.words.search(compiled.sql):
            for suspect in judge.suspects(compiled):
                finding = judge.placed(compiled, suspect)
                found.setdefault((finding.place, finding.rule), finding)
    kept = [each for each in found.values() if not _is_allowed(manifest, each)]
    return tuple(sorted(kept, key=lambda each: (each.place.path, each.place.line, each.place.column)))


def known_keys(manifest: Manifest) -> dict[str, frozenset[frozenset[str]]]:
    """By table: what its tests and its contract say is unique."""
    keys: dict[str, set[frozenset[str]]] = {name: set() for name in manifest.tables}
    for compiled in manifest.compiled.values():
        test = compiled.node
        is_proof = compiled.severity == "error" and len(compiled.parents) == 1
        if isinstance(test, DataTest) and test.macro in UNIQUE_TESTS and not test.where and is_proof:
            lists = (value for value in test.arguments.values() if isinstance(value, list))
            names = next(lists, None) or [test.arguments.get("column_name", "")]
            keys[compiled.parents[0]].add(frozenset(str(each).lower() for each in names))
    for name, table in manifest.tables.items():
        for column in table.columns:
            kinds = {str(each.get("type")) for each in column.constraints or ()}
            if kinds & {"primary_key", "unique"}:
                keys[name].add(frozenset({column.name.lower()}))
    return {name: frozenset(found) for name, found in keys.items()}


class _Judge:
    def __init__(self, manifest: Manifest, columns: Mapping[str, tuple[ColumnType, ...]], cursor: Cursor) -> None:
        self.manifest, self.cursor = manifest, cursor
        functions = cursor.rows("select distinct function_name, function_type, stability from duckdb_functions()")
        unsure = ("VOLATILE", "CONSISTENT_WITHIN_QUERY")
        self.volatile = frozenset(name for name, _, stability in functions if stability in unsure) - SESSION
        self.aggregates = frozenset(name for name, kind, _ in functions if kind == "aggregate")
        called = "|".join(sorted(BEST | ANY | COLLECTING | self.volatile))
        self.words = re.compile(
            rf"\bover\b|\b({called})\s*\(|\b({'|'.join(KEYWORDS)}|limit|sample|tablesample)\b|\bdistinct\s+on\b",
            re.IGNORECASE,
        )
        self._columns = columns

    @cached_property
    def tables(self) -> dict[tuple[str, str], Known]:
        keys = known_keys(self.manifest)
        return {
            address: Known(frozenset(each.name.lower() for each in self._columns.get(name, ())), keys[name])
            for address, name in self.manifest.owners.items()
        }

    def suspects(self, compiled: Compiled) -> Iterator[_Suspect]:
        tree = self.cursor.syntax_tree(compiled.sql)
        for scope in scopes(tree, self.tables, self.aggregates) if tree else ():
            yield from self._of_select(scope)
            sheltered = {id(each) for node in entries(scope.node) if _is_orderless(node) for each in arguments(node)}
            for node in entries(scope.node):
                if node.get("class") == "WINDOW" and node["type"] in PICKING_WINDOWS:
                    yield from _window(scope, node)
                elif node.get("class") == "FUNCTION" and node["function_name"] in self.aggregates:
                    yield from _aggregate(scope, node, is_sheltered=id(node) in sheltered)
                elif self._is_volatile(scope, node):
                    name = node.get("function_name") or node["column_names"][0]
                    yield _Suspect(VOLATILE, node, f"`{name}` gives another value in every build", "use a var")

    def _is_volatile(self, scope: Scope, node: Node) -> bool:
        if node.get("class") == "FUNCTION":
            return node["function_name"] in self.volatile
        names = node.get("column_names", ())
        known = chain.from_iterable(each.columns for each in scope.relations.values())
        return len(names) == 1 and names[0].lower() in KEYWORDS - set(known)

    def _of_select(self, scope: Scope) -> Iterator[_Suspect]:
        """`limit`, `distinct on` and samples: which rows stay."""
        modifiers = {each["type"]: each for each in scope.node.get("modifiers", ())}
        orders = _orders(modifiers.get("ORDER_MODIFIER", {}))
        limit = modifiers.get("LIMIT_MODIFIER", {}).get("limit")
        targets = modifiers.get("DISTINCT_MODIFIER", {}).get("distinct_on_targets", [])
        for at, name, parts in ((limit, "limit", orders), (targets[:1], "distinct on", targets + orders)):
            first = at[0] if isinstance(at, list) and at else at
            if first and not _is_settled(scope, parts, orders, scope.keys):
                yield _tie(first, f"`{name}` keeps whichever rows come first", orders)
        sample = scope.node.get("sample") or scope.node["from_table"].get("sample")
        if sample and not sample.get("repeatable"):
            place = {"query_location": scope.node["from_table"].get("query_location", 0)}
            yield _Suspect(
                VOLATILE, place, "a sample without a seed is another one in every build", "add repeatable (1)"
            )

    def placed(self, compiled: Compiled, suspect: _Suspect) -> Finding:
        error = AuthorError(suspect.message)
        error.offset = characters(compiled.sql, int(suspect.node.get("query_location", 0)))
        place = self.manifest.located(compiled, error).place or compiled.node.place
        return Finding(suspect.rule, suspect.message, place, suspect.hint)


def _window(scope: Scope, window: Node) -> Iterator[_Suspect]:
    orders, name = _orders(window), window["function_name"]
    parts = [*window.get("partitions", ()), *orders]
    values = [each for each in arguments(window)[:1] if name not in NUMBERING]
    if not _is_settled(scope, parts, orders, scope.keys, values):
        yield _tie(window, f"`{name}` picks rows", orders)


def _aggregate(scope: Scope, call: Node, *, is_sheltered: bool) -> Iterator[_Suspect]:
    name, given = call["function_name"], arguments(call)
    orders = _orders(call.get("order_bys") or {})
    if name in BEST:
        orders = given[1:2]
    if name not in BEST | ANY | COLLECTING or (name in COLLECTING and is_sheltered):
        return
    if not _is_settled(scope, [*(scope.groups or ()), *orders], orders, scope.row_keys, given[:1]):
        if name not in COLLECTING:
            yield _tie(call, f"`{name}` picks a value", orders)
        elif orders:
            yield _tie(call, f"`{name}` lines up values", orders)
        else:
            hint = f"write {name}(… order by …), or sort the list afterwards"
            yield _Suspect(ORDER, call, f"`{name}` collects values in no order", hint)


def _is_settled(
    scope: Scope,
    parts: list[Node],
    orders: list[Node],
    keys: frozenset[frozenset[str]],
    values: list[Node] | None = None,
) -> bool:
    """Rows that tie do not matter: there are none, or they hold the value that is asked for.

    Of rows without a known key nobody can ask for a unique column; who orders them by several thought of ties.
    """
    if scope.is_unique(parts, keys):
        return True
    if values and scope.parts(values) <= scope.parts(parts):
        return True
    return not keys and len(orders) > 1


def _tie(node: Node, what: str, orders: list[Node]) -> _Suspect:
    rest = "and its order has no unique last column" if orders else "in no order"
    return _Suspect(TIE, node, f"{what} {rest}", TIE_HINT)


def _orders(node: Node) -> list[Node]:
    return [each["expression"] for each in node.get("orders", ())]


def _is_orderless(node: Node) -> bool:
    return node.get("class") == "FUNCTION" and bool(ORDERLESS.fullmatch(node["function_name"]))


def _is_allowed(manifest: Manifest, finding: Finding) -> bool:
    """A comment `lint: allow tie` on the line, or on the line above."""
    path, line = finding.place.path, finding.place.line
    texts: dict[str, Any] = {each.path: each.text for each in manifest.project.models.values()}
    lines = (texts | dict(manifest.project.macro_files)).get(path, "").split("\n")
    said = ALLOWED.search("\n".join(lines[max(0, line - 2) : line]))
    return said is not None and finding.rule in re.split(r"[, ]+", said[1])
