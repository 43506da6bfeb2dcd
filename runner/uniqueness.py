"""Which columns tell the rows of a query apart, read off DuckDB's syntax tree and the keys of what it reads.

Knows only what follows for certain: what it does not understand has no key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]
Ids = frozenset[str]
MOST_KEYS = 20
ONE_MATCH = {"COMPARE_EQUAL", "COMPARE_NOT_DISTINCT_FROM"}
UNFOLDING = ("unnest", "unlist")
"""One row becomes several."""
LAYOUT = {"query_location", "query_location_length", "alias"}


@dataclass(frozen=True)
class Known:
    """Of a relation's rows: the columns, if all are known, and the sets of columns that are unique."""

    columns: Ids = frozenset()
    keys: frozenset[Ids] = frozenset()


def scopes(tree: Node, tables: Mapping[tuple[str, str], Known], aggregates: frozenset[str]) -> list[Scope]:
    """Every select of a query, subqueries too, with what is known of its rows."""
    reader = _Reader(tables, aggregates)
    reader.read(tree, {})
    return reader.scopes


def entries(node: Any) -> Iterator[Node]:
    """Every mapping of one select's own expressions; other selects inside it stand for themselves."""
    stack = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            yield each
            stack.extend(value for key, value in each.items() if key not in ("from_table", "cte_map", "subquery"))
        elif isinstance(each, list):
            stack.extend(each)


class Scope:
    """One select: `row_keys` of what it reads, `keys` of what its windows, order and limit see."""

    def __init__(self, node: Node, aggregates: frozenset[str]) -> None:
        self.node, self._aggregates = node, aggregates
        self.relations: dict[str, Known] = {}
        self.row_keys: frozenset[Ids] = frozenset()
        self._same: dict[str, str] = {}
        self._constant: set[str] = set()
        self._selected = {each["alias"].lower(): each for each in node.get("select_list", ()) if each.get("alias")}

    @property
    def groups(self) -> list[Node] | None:
        """What rows are grouped by; None where they are not."""
        selected = self.node.get("select_list", [])
        if self.node.get("aggregate_handling") == "FORCE_AGGREGATES":
            return [each for each in selected if not self._is_aggregate(each)]
        written = self.node.get("group_expressions", [])
        if written:
            return [self._by_position(each, selected) for each in written]
        asks = [*selected, self.node.get("having")]
        return [] if any(self._is_aggregate(each) for each in asks) else None

    @property
    def keys(self) -> frozenset[Ids]:
        groups = self.groups
        if groups is None:
            return self.row_keys
        several = len(self.node.get("group_sets", ())) > 1
        return frozenset() if several else frozenset({frozenset(map(self.identity, groups))})

    def is_unique(self, expressions: list[Node], keys: frozenset[Ids]) -> bool:
        found = {self._of(each) for each in self.parts(expressions)} | {self._of(each) for each in self._constant}
        return any({self._of(each) for each in key} <= found for key in keys)

    def parts(self, expressions: list[Node]) -> set[str]:
        """Their identities, and those of the fields of a row that is ordered by."""
        found = {self._of(self.identity(each)) for each in expressions}
        for each in expressions:
            if each.get("function_name") in ("row", "struct_pack"):
                found |= self.parts(arguments(each))
        return found

    def identity(self, expression: Node) -> str:
        """The same for equal expressions: a column's relation and name, else how it is written."""
        if expression.get("class") == "COLUMN_REF":
            names = expression["column_names"]
            selected = self._selected.get(names[0].lower()) if len(names) == 1 else None
            if selected is None or selected.get("class") == "COLUMN_REF" or not self._column(names).startswith("?"):
                return self._column(names)
            expression = selected
        return json.dumps(self._plain(expression), sort_keys=True)

    def _column(self, names: list[str]) -> str:
        """The relation that a column comes from, and its name; `?` for an alias, or a select around this one."""
        path = [each.lower() for each in names]
        if len(path) > 1 and path[-2] in self.relations:
            return f"{path[-2]}.{path[-1]}"
        owners = [alias for alias, known in self.relations.items() if path[0] in known.columns]
        owners += [alias for alias, known in self.relations.items() if not known.columns]
        return f"{owners[0] if owners else '?'}.{'.'.join(path)}"

    def _plain(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._plain(each) for each in value]
        if not isinstance(value, dict):
            return value
        if value.get("class") == "COLUMN_REF":
            return self._of(self._column(value["column_names"]))
        return {key: self._plain(each) for key, each in value.items() if key not in LAYOUT}

    def _of(self, identity: str) -> str:
        while identity in self._same:
            identity = self._same[identity]
        return identity

    def unite(self, left: str, right: str) -> None:
        if self._of(left) != self._of(right):
            self._same[self._of(left)] = self._of(right)

    def filter(self, condition: Any) -> None:
        """Learn from a filter: columns that are equal, columns with one value."""
        self._constant |= self._constants(condition)
        for left, right in _equalities(condition):
            if left.get("class") == right.get("class") == "COLUMN_REF":
                self.unite(self.identity(left), self.identity(right))

    def _constants(self, condition: Any) -> set[str]:
        pairs = [pair for both in _equalities(condition) for pair in (both, both[::-1])]
        return {self.identity(one) for one, other in pairs if other.get("class") == "CONSTANT"}

    def _is_aggregate(self, expression: Any) -> bool:
        return any(
            each.get("class") == "FUNCTION" and each.get("function_name") in self._aggregates
            for each in entries(expression)
        )

    @staticmethod
    def _by_position(expression: Node, selected: list[Node]) -> Node:
        text = str((expression.get("literal") or {}).get("text", ""))
        return selected[int(text) - 1] if text.isdigit() and 0 < int(text) <= len(selected) else expression

    def output(self) -> Known:
        keys = set(self.keys)
        for window in entries([self.node.get("select_list"), self.node.get("qualify")]):
            if window.get("type") == "WINDOW_ROW_NUMBER":
                keys.add(frozenset(map(self.identity, window.get("partitions", ()))) | {self.identity(window)})
        # what qualify keeps is seen from outside only: the windows themselves saw all rows
        constant = {self._of(each) for each in self._constant | self._constants(self.node.get("qualify"))}
        names, columns = self._names()
        found = set()
        if any(each.get("function_name") in UNFOLDING for each in entries(self.node.get("select_list"))):
            return Known(columns)
        for key in keys:
            wanted = {self._of(each) for each in key} - constant
            if wanted <= names.keys():
                found.add(frozenset(names[each] for each in wanted))
        for modifier in self.node.get("modifiers", ()):
            if modifier["type"] == "DISTINCT_MODIFIER":
                targets = {self._of(self.identity(each)) for each in modifier.get("distinct_on_targets", ())}
                if targets <= names.keys():
                    found.add(frozenset(names[each] for each in targets) or columns)
        return Known(columns, frozenset(found))

    def _names(self) -> tuple[dict[str, str], Ids]:
        """By identity: the name under which a value leaves the select; and all names."""
        names: dict[str, str] = {}
        columns: set[str] = set()
        for item in self.node.get("select_list", ()):
            if item.get("class") == "STAR":
                lost = {str(each).lower() for each in item.get("exclude_list", ())}
                lost |= {str(each.get("key", "")).lower() for each in item.get("replace_list", ())}
                asked = item.get("relation_name", "").lower()
                for alias, known in self.relations.items():
                    if asked in ("", alias):
                        names |= {self._of(f"{alias}.{each}"): each for each in known.columns - lost}
                        columns |= known.columns
            else:
                name = (item.get("alias") or item.get("column_names", [""])[-1]).lower()
                names[self._of(self.identity(item))] = name
                columns.add(name)
        return names, frozenset(columns)


class _Reader:
    def __init__(self, tables: Mapping[tuple[str, str], Known], aggregates: frozenset[str]) -> None:
        self.tables, self.aggregates = tables, aggregates
        self.scopes: list[Scope] = []

    def read(self, node: Node, outer: Mapping[str, Known]) -> Known:
        ctes = dict(outer)
        for cte in (node.get("cte_map") or {}).get("map", ()):
            found = self.read(cte["value"]["query_node"], ctes)
            ctes[cte["key"].lower()] = Known() if cte["value"].get("aliases") else found
        if node["type"] == "SELECT_NODE":
            return self._select(node, ctes)
        children = [*node.get("children", ()), *(node[side] for side in ("left", "right") if side in node)]
        parts = [self.read(child, ctes) for child in children]
        kind = node.get("setop_type", "")
        if kind in ("EXCEPT", "INTERSECT"):
            return parts[0]
        is_distinct = kind == "UNION" and not node.get("setop_all") and parts[0].columns
        return Known(parts[0].columns, frozenset({parts[0].columns}) if is_distinct else frozenset())

    def _select(self, node: Node, ctes: Mapping[str, Known]) -> Known:
        scope = Scope(node, self.aggregates)
        scope.row_keys = self._rows(node["from_table"], scope, ctes)
        scope.filter(node.get("where_clause"))
        self.scopes.append(scope)
        for each in entries(node):
            if isinstance(each.get("subquery"), dict):
                self.read(each["subquery"]["node"], ctes)
        return scope.output()

    def _rows(self, table: Node, scope: Scope, ctes: Mapping[str, Known]) -> frozenset[Ids]:
        """The keys of what stands behind `from`; makes its relations known to the scope."""
        if table["type"] == "JOIN":
            return self._joined(table, scope, ctes)
        name, schema = table.get("table_name", "").lower(), table.get("schema_name", "").lower()
        alias, known = (table.get("alias") or name).lower(), Known()
        if table["type"] == "BASE_TABLE":
            known = ctes[name] if not schema and name in ctes else self.tables.get((schema, name), Known())
        elif table["type"] == "SUBQUERY":
            known = self.read(table["subquery"]["node"], ctes)
        elif table["type"] == "EMPTY":
            return frozenset({frozenset()})
        scope.relations[alias] = Known() if table.get("column_name_alias") else known
        return frozenset(frozenset(f"{alias}.{each}" for each in key) for key in scope.relations[alias].keys)

    def _joined(self, join: Node, scope: Scope, ctes: Mapping[str, Known]) -> frozenset[Ids]:
        left = self._rows(join["left"], scope, ctes)
        there = set(scope.relations)
        right = self._rows(join["right"], scope, ctes)
        kind = join["join_type"]
        if kind in ("SEMI", "ANTI") or join["ref_type"] == "ASOF":
            return left
        matched: dict[bool, set[str]] = {True: set(), False: set()}
        for column in join.get("using_columns", ()):
            name = column.lower()
            here = next((each for each in scope.relations if name in scope.relations[each].columns), "?")
            other = next((each for each in scope.relations if each not in there), "?")
            matched[True].add(f"{here}.{name}")
            matched[False].add(f"{other}.{name}")
            if kind == "INNER":
                scope.unite(f"{other}.{name}", f"{here}.{name}")
        for pair in _equalities(join.get("condition")):
            for one, against in (pair, pair[::-1]):
                identity = scope.identity(one)
                side = identity.partition(".")[0] in there
                if one.get("class") == "COLUMN_REF" and side not in _sides(scope, against, there):
                    matched[side].add(identity)
        if kind == "INNER":
            scope.filter(join.get("condition"))
        keys = {a | b for a in left for b in right}
        if kind in ("INNER", "LEFT") and any(key <= matched[False] for key in right):
            keys |= left
        if kind in ("INNER", "RIGHT") and any(key <= matched[True] for key in left):
            keys |= right
        return frozenset(sorted(keys, key=lambda key: (len(key), sorted(key)))[:MOST_KEYS])


def _sides(scope: Scope, expression: Node, left: set[str]) -> set[bool]:
    """Whether an expression's columns are of the left side (True), of the right (False), of both."""
    columns = [each for each in entries(expression) if each.get("class") == "COLUMN_REF"]
    return {scope.identity(each).partition(".")[0] in left for each in columns}


def _equalities(condition: Any) -> Iterator[tuple[Node, Node]]:
    """The pairs that must be equal wherever the whole condition holds."""
    if not condition:
        return
    if condition.get("type") == "CONJUNCTION_AND":
        for each in condition["children"]:
            yield from _equalities(each)
    elif condition.get("type") in ONE_MATCH:
        yield condition["left"], condition["right"]


def arguments(function: Node) -> list[Node]:
    return [each["expression"] for each in function.get("arguments", ())]
