"""What may come out differently tomorrow from the same rows: picks without a tie-break, clocks and dice.

Points at places, never at certainties: nothing here fails a build. The rules are told in docs/determinism.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from runner.compile import Manifest
from runner.errors import AuthorError, Place
from runner.nodes import DataTest, Model
from runner.warehouse import Cursor, characters

Node = dict[str, Any]
Key = frozenset[str]
WINDOWS = ("row_number", "ntile", "lag", "lead", "first_value", "last_value", "nth_value")
"""A rank is no pick: rows that tie get the same one."""
BEST = ("arg_max", "arg_min", "argmax", "argmin", "max_by", "min_by", "arg_max_null", "arg_min_null")
COLLECTING = ("list", "array_agg", "string_agg", "group_concat", "listagg")
PICKING = (*WINDOWS, *BEST, "first", "last", "any_value", "arbitrary", *COLLECTING)
ORDERLESS = re.compile(r"(list|array)_(\w*sort|unique|contains|has\w*|position_any|sum|min|max|aggregate)|len|length")
"""What is done to a list that does not care for its order."""
CLOCKS = r"current_(date|time|timestamp)|(current_)?local(time|timestamp)"
"""Also without parentheses."""
VOLATILE = rf"{CLOCKS}|(get_current|transaction)_timestamp|now|today|random|nextval|(gen_random_)?uuid(v[47])?"
WORDS = re.compile(rf"\b({'|'.join(PICKING)}|{VOLATILE}|limit|distinct\s+on|\w*sample)\b", re.IGNORECASE)
"""A model without any of these is not parsed."""
TIE_HINT = "end the order with a unique column, or declare what is unique with a `unique` test"
ORDER_HINT = "write `order by` inside the call, or sort the list afterwards"
UNIQUE_TESTS = ("test_unique", "test_unique_combination", "test_unique_combination_of_columns")
ALLOWED = re.compile(r"lint: allow ([\w, ]+)")


@dataclass(frozen=True)
class Finding:
    rule: str
    message: str
    place: Place
    hint: str


def lint(manifest: Manifest, cursor: Cursor) -> tuple[Finding, ...]:
    """Findings in all models, each place once; the cheap look at words comes before the syntax tree."""
    keys = known_keys(manifest)
    found: set[Finding] = set()
    for compiled in (*manifest.compiled.values(), *manifest.ephemerals.values()):
        if isinstance(compiled.node, Model) and WORDS.search(compiled.sql):
            read = frozenset(key for name in compiled.parents for key in keys[name])
            for rule, node, message, hint in _suspects(cursor.syntax_tree(compiled.sql), read):
                error = AuthorError(message)
                error.offset = characters(compiled.sql, int(node.get("query_location", 0)))
                place = manifest.located(compiled, error).place or compiled.node.place
                found.add(Finding(rule, message, place, hint))
    kept = [each for each in found if not _is_allowed(manifest, each)]
    return tuple(sorted(kept, key=lambda each: (each.place.path, each.place.line, each.place.column, each.rule)))


def known_keys(manifest: Manifest) -> dict[str, frozenset[Key]]:
    """By table: what its tests and its contract say is unique."""
    keys: dict[str, set[Key]] = {name: set() for name in manifest.tables}
    for compiled in manifest.compiled.values():
        test = compiled.node
        if not isinstance(test, DataTest) or test.severity != "error" or len(compiled.parents) != 1:
            continue
        if test.macro in UNIQUE_TESTS and not test.where:
            lists = [value for value in test.arguments.values() if isinstance(value, list)]
            names = lists[0] if lists else [test.arguments.get("column_name", "")]
            keys[compiled.parents[0]].add(frozenset(str(each).lower() for each in names))
    for name, table in manifest.tables.items():
        for column in table.columns:
            if any(each.type in ("primary_key", "unique") for each in column.constraints):
                keys[name].add(frozenset({column.name.lower()}))
    return {name: frozenset(found) for name, found in keys.items()}


def _suspects(tree: Node | None, read: frozenset[Key]) -> Iterator[tuple[str, Node, str, str]]:
    """Rule, where, message, hint. `read` are the keys of the tables that are read."""
    queries = _queries(tree) if tree else []
    keys = read.union(*(_made_keys(query) for query, *_ in queries))
    for entries in queries:
        for name, node, parts, orders in _picks(entries):
            told_apart = parts | _names(orders)
            # a key within the parts is none of these rows: it would leave nothing to pick from
            is_settled = any(key <= told_apart and not key <= parts for key in keys)
            # of rows without a key nobody can ask for a unique column; who orders them by several thought of ties
            is_answered = not read and len(orders) > 1
            if not (is_settled or is_answered):
                told = "in an order without a unique last column" if orders else "in no order"
                rule, hint = ("order", ORDER_HINT) if name in COLLECTING and not orders else ("tie", TIE_HINT)
                yield rule, node, f"`{name}` takes rows {told}", hint
        for each in entries:
            call, column = each.get("function_name", ""), ".".join(each.get("column_names", ())).lower()
            if re.fullmatch(VOLATILE, call) or re.fullmatch(CLOCKS, column):
                yield "volatile", each, f"`{call or column}` gives another value in every build", "use a var"
            if not each.get("sample", {}).get("repeatable", True):
                yield "volatile", each.get("from_table", each), "a sample without a seed varies", "add repeatable (1)"


def _queries(tree: Node) -> list[list[Node]]:
    """Each select and union of a statement, followed by every mapping in it, but for those of queries inside."""
    found = [[tree]]
    for entries in found:  # both lists grow while they are read
        for entry in entries:
            values = [each if isinstance(each, list) else [each] for each in entry.values()]
            children = [each for value in values for each in value if isinstance(each, dict)]
            found += [[each] for each in children if _is_query(each)]
            entries.extend(each for each in children if not _is_query(each))
    return found


def _is_query(node: Node) -> bool:
    return str(node.get("type")).endswith("_NODE")


def _made_keys(query: Node) -> set[Key]:
    """What a query itself makes unique: what it groups by, and a row number within its partition."""
    numbers = [each for each in query.get("select_list", ()) if each.get("function_name") == "row_number"]
    return {_groups(query), *(_names(each.get("partitions", ())) | {each.get("alias", "")} for each in numbers)}


def _groups(query: Node) -> Key:
    """The names that a select gives to what its rows are grouped by."""
    selected = enumerate(query.get("select_list", ()), start=1)
    named = {key: each.get("alias") or _column(each) for at, each in selected for key in (str(at), _column(each))}
    written = [each.get("literal", {}).get("text") or _column(each) for each in query.get("group_expressions", ())]
    return frozenset(named.get(each, each).lower() if each else "" for each in written)


def _picks(entries: list[Node]) -> Iterator[tuple[str, Node, Key, list[Node]]]:
    """Name, where, the columns that say among which rows, the order that says which of them."""
    modifiers = {each["type"]: each for each in entries[0].get("modifiers", ())}
    orders = _expressions(modifiers.get("ORDER_MODIFIER", {}), "orders")
    if limit := modifiers.get("LIMIT_MODIFIER", {}).get("limit"):
        yield "limit", limit, frozenset(), orders
    if targets := modifiers.get("DISTINCT_MODIFIER", {}).get("distinct_on_targets"):
        yield "distinct on", targets[0], _names(targets), orders
    sheltered: list[Node] = []
    for call in entries:
        name, given = call.get("function_name", ""), _expressions(call, "arguments")
        if ORDERLESS.fullmatch(name):
            sheltered += given
        if name in PICKING and not (name in COLLECTING and call in sheltered):
            is_window = call["class"] == "WINDOW"
            parts = _names(call.get("partitions", ())) if is_window else _groups(entries[0]) - {""}
            orders = _expressions(call if is_window else call.get("order_bys", {}), "orders")
            if name in BEST:
                is_row = given[1].get("function_name") == "row"
                orders = _expressions(given[1], "arguments") if is_row else given[1:2]
            value = _names(given[:1])
            if not value or not value <= parts | _names(orders):  # else rows that tie hold the same value
                yield name, call, parts, orders


def _expressions(node: Node, field: str) -> list[Node]:
    return [each["expression"] for each in node.get(field, ())]


def _names(expressions: Iterable[Node]) -> Key:
    return frozenset(map(_column, expressions)) - {""}


def _column(expression: Node) -> str:
    """Its last name; nothing for what is no column."""
    return str(expression.get("column_names", [""])[-1]).lower()


def _is_allowed(manifest: Manifest, finding: Finding) -> bool:
    """A comment `lint: allow tie` on the line, or on the line above."""
    texts = {each.path: each.text for each in manifest.project.models.values()} | dict(manifest.project.macro_files)
    lines = texts.get(finding.place.path, "").split("\n")[max(0, finding.place.line - 2) : finding.place.line]
    return any(finding.rule in re.split(r"[, ]+", said) for said in ALLOWED.findall("\n".join(lines)))
