"""The only door to sqlglot: which columns a column is made of, where CTEs end, words.

Only reads SQL; what runs is always the text that the author wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, cast

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.tokens import Tokenizer

from runner.relation import Relation

Schema = Mapping[Relation, Iterable[str]]
"""The columns of every table."""


@dataclass(frozen=True, order=True)
class Origin:
    """A column of a base table; an unknown one has no table."""

    schema: str
    table: str
    column: str


UNKNOWN = Origin("", "", "?")
UNTRACED = frozenset({UNKNOWN})
"""Stands for an expression whose columns could not be traced: whoever asks must fail closed."""


Origins = dict[str, frozenset[Origin]]


def column_origins(sql: str, schema: Schema) -> Origins:
    """By output column (lower case): every base column whose value flows into it.

    Filters and join conditions do not count: they choose rows, they do not carry values.
    """
    tables: dict[str, Any] = {}
    for table, columns in schema.items():
        tables.setdefault(table.schema, {})[table.name] = dict.fromkeys(columns, "varchar")
    try:
        tree = parse_one(sql, dialect="duckdb")
        tree = qualify(tree, dialect="duckdb", schema=tables, validate_qualify_columns=False, quote_identifiers=False)
        tracer = _Tracer(tree, schema)
        return tracer.outputs(tracer.scopes[-1])
    except (SqlglotError, RecursionError):
        return {"*": UNTRACED}


class _Tracer:
    def __init__(self, tree: exp.Expr, schema: Schema) -> None:
        known = [(table.schema, table.name, column) for table, columns in schema.items() for column in columns]
        self._known = {Origin(*(word.lower() for word in words)) for words in known}
        self.scopes = traverse_scope(tree)
        self._owner = {id(column): scope for scope in self.scopes for column in scope.columns}
        self._memo: dict[int, Origins] = {}

    def outputs(self, scope: Scope) -> Origins:
        if id(scope) not in self._memo:
            self._memo[id(scope)] = {}  # a recursive CTE reads itself: its first part says what flows
            self._memo[id(scope)] = self._of_union(scope) if scope.set_operation_scopes else self._of_select(scope)
        return self._memo[id(scope)]

    def _of_select(self, scope: Scope) -> Origins:
        selects = cast(exp.Query, scope.expression).selects
        return {each.alias_or_name.lower(): self._of_expression(each, scope) for each in selects}

    def _of_union(self, scope: Scope) -> Origins:
        """Columns meet by position, and take the names of the first part."""
        parts = [self.outputs(part) for part in scope.set_operation_scopes]
        self._memo[id(scope)] = parts[0]
        columns = zip_longest(*(self.outputs(part).values() for part in scope.set_operation_scopes), fillvalue=())
        return {name: frozenset().union(*origins) for name, origins in zip(parts[0], columns)}

    def _of_expression(self, expression: exp.Expr, scope: Scope) -> frozenset[Origin]:
        is_star = expression.find(exp.Star) and not expression.find(exp.Count)
        if is_star or expression.find(exp.TableColumn, exp.Columns):
            return UNTRACED
        columns = expression.find_all(exp.Column)
        return frozenset().union(*(self._of_column(each, self._owner.get(id(each), scope)) for each in columns))

    def _of_column(self, column: exp.Column, scope: Scope) -> frozenset[Origin]:
        source = _source(column.table, scope)
        name = column.name.lower()
        if isinstance(source, exp.Table):
            origin = Origin(source.db.lower(), source.name.lower(), name)
            return frozenset({origin if origin in self._known else UNKNOWN})
        if isinstance(source, Scope):
            if not isinstance(source.expression, exp.Query):
                return self._of_expression(source.expression, scope)
            known = self.outputs(source)
            # `t(a, b)` renames columns: without the map, all of them may flow
            return known[name] if name in known else frozenset().union(*known.values())
        return frozenset() if _is_bound_elsewhere(column.name, column) else UNTRACED


def _source(table: str, scope: Scope | None) -> exp.Expr | Scope | None:
    while scope is not None:
        if table in scope.sources:
            return scope.sources[table]
        if not table and len(scope.sources) == 1 and scope.parent is None:
            return next(iter(scope.sources.values()))
        scope = scope.parent
    return None


def _is_bound_elsewhere(name: str, within: exp.Expr) -> bool:
    """Parameters of a lambda are no columns."""
    outer = within.find_ancestor(exp.Lambda)
    return outer is not None and (name in {each.name for each in outer.expressions} or _is_bound_elsewhere(name, outer))


def moment_by_moment(sql: str, column: str) -> str:
    """The query without its clock, if its rows of a moment are made of its input's rows of that moment alone.

    `column` says when a row happened, here and in the one table that is read. Empty where that cannot be seen.
    """
    try:
        tree = parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return ""
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    read = {each.sql() for each in tree.find_all(exp.Table) if each.db or each.name not in named}
    crossing = tree.find(exp.SetOperation, exp.Subquery, exp.Join, exp.Distinct, exp.Limit, exp.Offset, exp.UDTF)
    if crossing or len(read) != 1 or not all(_stays(each, column) for each in tree.find_all(exp.Select)):
        return ""
    for each in list(tree.find_all(exp.LT)):
        limit = each.expression.this if isinstance(each.expression, exp.Cast) else None
        if _is_column(each.this, column) and isinstance(limit, exp.Literal) and _always_holds(each):
            each.replace(exp.true())
    return str(tree.sql(dialect="duckdb"))


def _stays(select: exp.Select, column: str) -> bool:
    """Is the column handed on as it is, and everything that looks at several rows cut along it?"""
    told = [each for each in select.expressions if each.alias_or_name.lower() in (column.lower(), "*")]
    group = select.args.get("group")
    windows = list(select.find_all(exp.Window))
    is_grouped = group is not None and any(_is_column(each, column) for each in group.expressions)
    loose = [each for each in select.find_all(exp.AggFunc, exp.Anonymous) if not each.find_ancestor(exp.Window)]
    return (
        len(told) == 1
        and (_is_column(told[0], column) or (isinstance(told[0], exp.Star) and not any(told[0].args.values())))
        and all(any(_is_column(by, column) for by in each.args.get("partition_by") or ()) for each in windows)
        and (is_grouped or (group is None and not loose))
    )


def _is_column(each: exp.Expr, name: str) -> bool:
    return isinstance(each, exp.Column) and each.name.lower() == name.lower()


def _always_holds(condition: exp.Expr) -> bool:
    """Is it one of the conditions that all rows meet?"""
    above = condition.parent
    while isinstance(above, exp.And):
        above = above.parent
    return isinstance(above, exp.Where)


def ctes(sql: str) -> tuple[str, ...]:
    """The names of the outermost CTEs, in order."""
    tree = parse_one(sql, dialect="duckdb")
    return tuple(cte.alias for cte in tree.ctes) if isinstance(tree, exp.Query) else ()


def main_select_start(sql: str) -> int:
    """The character where the select behind the outermost CTEs begins."""
    depth, before = 0, ""
    for word in words(sql):
        if depth == 0 and (word.kind in ("SELECT", "FROM") or (before, word.kind) == ("R_PAREN", "L_PAREN")):
            return word.start
        depth += {"L_PAREN": 1, "R_PAREN": -1}.get(word.kind, 0)
        before = word.kind
    return 0


@dataclass(frozen=True)
class Word:
    """One token of a query: `kind` is sqlglot's name for it, `text` has no quotes, it stands from `start` to `end`."""

    kind: str
    text: str
    start: int
    end: int


def words(sql: str) -> list[Word]:
    """Without comments; `group by` and `order by` are one word each."""
    found = Tokenizer(dialect="duckdb").tokenize(sql)
    return [Word(each.token_type.name, each.text, each.start, each.end + 1) for each in found]
